//! What more than one manifest names has one name.

use super::{ALL, documents, list, read, resources, text};
use crate::support::manifest;
use serde_json::Value;
use std::collections::BTreeSet;

/// The image of this version of the buildpack, from buildpack.toml.
pub(super) fn image() -> String {
    let buildpack: toml::Table = read("buildpack.toml").parse().unwrap();
    let repository = buildpack["metadata"]["release"]["image"]["repository"].as_str().unwrap();
    format!("{repository}:{}", buildpack["buildpack"]["version"].as_str().unwrap())
}

/// (I1) Where a manifest names the image of the buildpack, it is that of this version.
#[test]
fn the_buildpack_has_its_version() {
    let image = image();
    let (repository, _) = image.rsplit_once(':').unwrap();
    let mut naming = Vec::new();
    for path in ALL.into_iter().chain(["examples/rails/config/deploy.yml"]) {
        let content = read(path);
        let words = content.split(|separator: char| separator == '"' || separator.is_whitespace());
        for word in words.filter(|word| word.contains(repository)) {
            assert_eq!(word.trim_start_matches("docker://"), image, "{path}");
            naming.push(path);
        }
    }
    assert_eq!(
        naming,
        [
            "examples/builder/builder.toml",
            "examples/builder/policy.toml",
            "examples/builder/system.toml",
            "examples/kpack/builder.yaml",
            "examples/rails/config/deploy.yml",
        ]
    );
}

fn images(paths: &[&str]) -> BTreeSet<String> {
    let documents: Vec<_> = paths.iter().flat_map(|path| documents(&read(path))).collect();
    let image = |workload: &Value| text(&workload["spec"]["template"]["spec"]["containers"][0]["image"]);
    ["Deployment", "Job"].into_iter().flat_map(|kind| resources(&documents, kind)).map(image).collect()
}

/// What Skaffold builds is what it deploys, each from a directory that is there, and all with one builder.
#[test]
fn skaffold_builds_what_it_deploys() {
    let skaffold = &documents(&read("examples/skaffold/skaffold.yaml"))[0];
    let artifacts = list(&skaffold["build"]["artifacts"]);
    let manifests = list(&skaffold["manifests"]["rawYaml"]);
    let manifests: Vec<_> = manifests.iter().map(|path| format!("examples/skaffold/{}", text(path))).collect();
    let deployed = images(&manifests.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(artifacts.iter().map(|artifact| text(&artifact["image"])).collect::<BTreeSet<_>>(), deployed);
    for artifact in artifacts {
        let context = text(&artifact["context"]);
        assert!(manifest("examples/skaffold").join(&context).is_dir(), "{context}");
        assert_eq!(text(&artifact["buildpacks"]["builder"]), builder());
    }
}

/// The name of the builder, from the command that makes it.
fn builder() -> String {
    let readme = read("examples/builder/README.md");
    let command = readme.split("`pack builder create ").nth(1);
    command.unwrap().split(' ').next().unwrap().to_string()
}

/// kpack makes that builder of the same images, and builds with it what Kubernetes deploys, each from its directory.
#[test]
fn kpack_builds_what_is_deployed() {
    let (shared, own) =
        (documents(&read("examples/kpack/builder.yaml")), documents(&read("examples/kpack/images.yaml")));
    let of = |kind| &resources(&shared, kind).next().unwrap()["spec"];
    assert_eq!(text(&of("ClusterBuilder")["tag"]), builder());
    let stack = |name: &str| text(&of("ClusterStack")[name]["image"]);
    let toml: toml::Table = read("examples/builder/builder.toml").parse().unwrap();
    let images_of_toml =
        (toml["build"]["image"].as_str().unwrap(), toml["run"]["images"][0]["image"].as_str().unwrap());
    assert_eq!((stack("buildImage").as_str(), stack("runImage").as_str()), images_of_toml);

    let account = resources(&own, "ServiceAccount").next().unwrap();
    assert_eq!(of("ClusterBuilder")["serviceAccountRef"], account["metadata"]);
    let mut tags = BTreeSet::new();
    for image in resources(&own, "Image") {
        let spec = &image["spec"];
        tags.insert(text(&spec["tag"]));
        let directory = text(&spec["source"]["subPath"]);
        assert!(manifest(&directory).is_dir(), "{directory}");
        assert_eq!(spec["builder"]["name"], resources(&shared, "ClusterBuilder").next().unwrap()["metadata"]["name"]);
        assert_eq!(spec["serviceAccountName"], account["metadata"]["name"]);
    }
    let yaml = [
        "django-celery/kubernetes", "django-celery/release", "skaffold/kubernetes/api", "skaffold/kubernetes/frontend",
    ];
    let yaml = yaml.map(|path| format!("examples/{path}.yaml"));
    assert_eq!(tags, images(&yaml.each_ref().map(String::as_str)));
}
