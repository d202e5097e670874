//! (B1) The orders of the builders: ours is last and optional after a language, and alone at the end.

use super::{documents, list, read, resources, text, with};
use serde_json::Value;

/// A buildpack in a group: the name it is fetched by, and whether it is optional.
type Member = (String, bool);

/// The groups of the `builder.toml`, by the images of their buildpacks.
fn toml_order(toml: &str) -> Vec<Vec<Member>> {
    let builder: Value = toml::from_str(toml).unwrap();
    let uri = |id: &Value| {
        let buildpack = list(&builder["buildpacks"]).iter().find(|buildpack| buildpack["id"] == *id);
        text(&buildpack.unwrap_or_else(|| panic!("no {id}"))["uri"]).strip_prefix("docker://").unwrap().to_string()
    };
    groups(&builder["order"], |member| uri(&member["id"]))
}

/// The groups of kpack's builder, likewise.
fn kpack_order(yaml: &str) -> Vec<Vec<Member>> {
    let documents = documents(yaml);
    let image = |name: &Value| {
        let buildpack = resources(&documents, "ClusterBuildpack").find(|it| it["metadata"]["name"] == *name);
        text(&buildpack.unwrap_or_else(|| panic!("no {name}"))["spec"]["image"])
    };
    let builder = resources(&documents, "ClusterBuilder").next().unwrap();
    groups(&builder["spec"]["order"], |member| image(&member["name"]))
}

fn groups(order: &Value, image: impl Fn(&Value) -> String) -> Vec<Vec<Member>> {
    let member = |member: &Value| (image(member), member["optional"] == true);
    list(order).iter().map(|group| list(&group["group"]).iter().map(member).collect()).collect()
}

/// The groups, counted from 1, in which ours does not stand as it must.
fn misplaced(order: &[Vec<Member>]) -> Vec<usize> {
    let ours = super::names::image();
    let is_right = |(index, group): &(usize, &Vec<Member>)| {
        let [languages @ .., last] = group.as_slice() else { return false };
        let has_language = languages.iter().any(|(_, is_optional)| !is_optional);
        let is_last_group = index + 1 == order.len();
        languages.iter().all(|(image, _)| *image != ours)
            && *last == (ours.clone(), !is_last_group)
            && has_language != is_last_group
            && (!is_last_group || languages.is_empty())
    };
    order.iter().enumerate().filter(|group| !is_right(group)).map(|(index, _)| index + 1).collect()
}

/// (B1) Both orders have that shape, and kpack's is part of the other.
#[test]
fn ours_is_optional_after_languages_and_alone_at_the_end() {
    let (toml, kpack) =
        (toml_order(&read("examples/builder/builder.toml")), kpack_order(&read("examples/kpack/builder.yaml")));
    assert_eq!((misplaced(&toml), misplaced(&kpack)), (vec![], vec![]));
    assert_eq!((toml.len(), kpack.len()), (6, 4));
    let mut rest = toml.iter();
    assert!(kpack.iter().all(|group| rest.any(|other| other == group)));
}

/// (B1) Ours alone before the end, required after a language, before it, or missing is found.
#[test]
fn a_wrong_order_is_found() {
    const ALONE: &str = "[[order]]\n[[order.group]]\nid = \"octopilot/procfile\"\n";
    let toml = read("examples/builder/builder.toml");
    let rust = "id = \"octopilot/rust\"\n[[order.group]]\nid = \"octopilot/procfile\"\noptional = true\n";
    let find = |part: &str, other: &str| misplaced(&toml_order(&with(&toml, part, other)));
    assert_eq!(find(rust, &format!("id = \"octopilot/rust\"\n\n{ALONE}")), [5, 6]);
    assert_eq!(find(rust, &rust.replace("optional = true\n", "")), [5]);
    assert_eq!(find(rust, "id = \"octopilot/rust\"\n"), [5]);
    let swapped = "id = \"octopilot/procfile\"\noptional = true\n[[order.group]]\nid = \"octopilot/rust\"\n";
    assert_eq!(find(rust, swapped), [5]);
    let last = toml.rfind(ALONE).unwrap();
    assert_eq!(misplaced(&toml_order(&toml[..last])), [5]);
}
