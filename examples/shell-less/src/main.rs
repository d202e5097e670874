use axum::{Router, routing::get};
use std::{env, io};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let address = env::args().nth(1).expect("usage: hello ADDRESS:PORT");
    let app = Router::new().route("/", get(|| async { "Hello from Rust\n" }));
    let mut sigterm = signal(SignalKind::terminate())?;
    axum::serve(TcpListener::bind(address).await?, app)
        .with_graceful_shutdown(async move {
            sigterm.recv().await;
        })
        .await
}
