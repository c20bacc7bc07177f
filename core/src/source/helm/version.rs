//! Which version of the chart values are for.

use super::chart::{Asked, Dotted, NEWEST, NEWEST_OF_1, Release, Templates, templates};
use super::values::{ChartValues, Found, Values};
use crate::source::facts::{ChartBasis, ChartFacts};
use crate::source::input::Decoded;
use crate::source::kind::Kind;
use crate::source::path::dir_name;
use crate::source::reader::{Companion, Reader};
use crate::source::yaml::Yaml;

/// Keys that only charts 1.x read.
const ONLY_1: [&[&str]; 12] = [
    &["s3", "persistence"],
    &["s3", "provisioning"],
    &["s3", "resourcesPreset"],
    &["postgresql", "primary"],
    &["postgresql", "architecture"],
    &["clickhouse", "shards"],
    &["clickhouse", "replicaCount"],
    &["clickhouse", "clusterEnabled"],
    &["clickhouse", "resourcesPreset"],
    &["clickhouse", "zookeeper"],
    &["redis", "primary"],
    &["redis", "architecture"],
];

/// Keys that only charts 2 read.
pub(super) const ONLY_2: [&[&str]; 14] = [
    &["s3", "allInOne"],
    &["s3", "master"],
    &["s3", "volume"],
    &["s3", "filer"],
    &["s3", "s3"],
    &["postgresql", "settings"],
    &["postgresql", "userDatabase"],
    &["postgresql", "storage"],
    &["clickhouse", "cluster"],
    &["clickhouse", "keeper"],
    &["clickhouse", "crdCheck"],
    &["redis", "dataStorage"],
    &["redis", "valkeyConfig"],
    &["langfuse", "allowV1Upgrade"],
];

/// The path of a key that only charts 1.x read, if the values have none that only charts 2 read.
pub(super) fn only_of_chart_1(values: &Values) -> Option<Vec<&'static str>> {
    of_chart_1(values).filter(|_| ONLY_2.into_iter().all(|path| values.node(path).is_none()))
}

/// The path of a key that only charts 1.x read, if the values have one.
fn of_chart_1(values: &Values) -> Option<Vec<&'static str>> {
    let image = ["s3", "image", "repository"];
    let minio = || values.own(&image).is_some_and(|f: Found| f.text().contains("minio")).then(|| image.to_vec());
    ONLY_1.into_iter().find(|path| values.node(path).is_some()).map(<[&str]>::to_vec).or_else(minio)
}

/// The chart for `asked`, else for what the values' keys show.
pub(super) fn choose(asked: Option<(String, Option<String>)>, values: &Values) -> (&'static Templates, ChartFacts) {
    let (release, basis) = match asked {
        Some((text, beside)) => match Asked::parse(&text) {
            Asked::Known(release) => (release, beside.map_or(ChartBasis::Given, ChartBasis::Beside)),
            Asked::Near(release) => (release, ChartBasis::Nearest(text)),
        },
        None => shown(values)
            .map_or((NEWEST, ChartBasis::Assumed), |(release, path)| (release, ChartBasis::Shape(path.join(".")))),
    };
    let templates = templates(release);
    (templates, ChartFacts { version: Dotted(release).to_string(), store: templates.store, basis })
}

/// The version that a key of the values shows. Keys of both charts show none.
fn shown(values: &Values) -> Option<(Release, Vec<&'static str>)> {
    let old = of_chart_1(values);
    let new = ONLY_2.into_iter().find(|path| values.node(path).is_some());
    match (old, new) {
        (Some(path), None) => Some((NEWEST_OF_1, path)),
        (None, Some(path)) => Some((NEWEST, path.to_vec())),
        _ => None,
    }
}

/// The version that a `Chart.yaml` beside the values names, with its path: that of the dependency whose values they
/// are, or the chart's own.
pub(super) fn beside(
    reader: &mut Reader<'_>,
    inputs: &[&Decoded<'_>],
    values: &ChartValues,
) -> Option<(String, Option<String>)> {
    if values.files.is_empty() {
        return None;
    }
    inputs.iter().filter(|d| matches!(d.kind, Kind::Helm | Kind::UmbrellaValues)).find_map(|d| {
        let directory = dir_name(&d.input.name);
        // Values without a file have no neighbors; a chart that can't be opened says nothing.
        let (path, Companion::Text(text)) = reader.companion(directory, "Chart.yaml", None).ok()? else { return None };
        Some((version_in(&text)?, Some(path)))
    })
}

/// The version of the Langfuse chart in the text of a `Chart.yaml`.
fn version_in(text: &str) -> Option<String> {
    const NAME: &str = "langfuse";
    let yaml = Yaml::parse_helm(text).ok()?;
    let root = yaml.documents.first().copied()?;
    let scalar = |id, key| yaml.scalar(yaml.get(id, key)?).map(|(text, _)| text);
    let dependencies = yaml.get(root, "dependencies").and_then(|d| yaml.seq(d)).unwrap_or(&[]);
    let dependency = dependencies.iter().copied().find(|d| scalar(*d, "name") == Some(NAME));
    // The chart itself depends on its databases.
    let own = || (scalar(root, "name") == Some(NAME) && !dependencies.is_empty()).then_some(root);
    scalar(dependency.or_else(own)?, "version").map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_file_names_the_version_of_langfuse() {
        for (text, expected) in [
            (
                "name: acme\ndependencies:\n- name: redis\n  version: 1.0.0\n- {name: langfuse, version: ~1.5.0}\n",
                Some("~1.5.0"),
            ),
            (
                "name: langfuse\nversion: 1.5.9\ndependencies:\n  - name: clickhouse\n    version: 8.0.5\n",
                Some("1.5.9"),
            ),
            ("name: langfuse\nversion: 0.1.0\n", None),
            ("name: acme\nversion: 1.0.0\n", None),
            ("name: [", None),
        ] {
            assert_eq!(version_in(text).as_deref(), expected, "{text}");
        }
        assert_eq!(Asked::parse(super::super::CHART_VERSION), Asked::Known(NEWEST));
    }
}
