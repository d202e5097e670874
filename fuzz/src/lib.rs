//! What the fuzz targets share: inputs that have the shape of what a build reads.

pub mod app;
pub mod surroundings;
pub mod text;
