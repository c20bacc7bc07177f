//! The ports that services publish on the machine that runs Docker.
//!
//! Source: Compose specification, "ports", short and long syntax, and "Merge", unique resources; how docker splits the
//! short syntax: `nat.ParsePortSpec` of docker/go-connections.

use super::project::{File, Project, Service, UNKNOWN};
use crate::source::facts::PublishedPort;
use crate::source::yaml::Id;
use crate::text::span::Span;

/// Longest range that is taken apart; every port of a longer one counts as not fixed.
const LONGEST: u16 = 64;

/// Every port that the project publishes.
pub(super) fn published(project: &Project, services: &[Service]) -> Vec<PublishedPort> {
    services.iter().flat_map(|service| ports_of(project, service)).collect()
}

/// The ports of one service, in the files' order. None with `network_mode`: docker refuses or ignores them then.
pub(super) fn ports_of(project: &Project, service: &Service) -> Vec<PublishedPort> {
    let mut all: Vec<PublishedPort> = Vec::new();
    let hosts = hosts(project, service);
    for (index, node) in &service.layers {
        let Some(file) = project.files.get(*index) else { continue };
        if file.yaml.get(*node, "network_mode").is_some() {
            return Vec::new();
        }
        let Some(list) = file.yaml.get(*node, "ports") else { continue };
        let tag = file.yaml.written(list).map_or("", |n| n.tag.as_str());
        if matches!(tag, "!reset" | "!override") {
            all.clear();
        }
        if tag == "!reset" {
            continue;
        }
        for item in file.yaml.seq(list).unwrap_or(&[]) {
            for port in read(file, *item, project) {
                let port = PublishedPort { hosts: hosts.clone(), ..port };
                let is_same = |p: &PublishedPort| PublishedPort { span: port.span, ..p.clone() } == port;
                if !all.iter().any(is_same) {
                    all.push(port);
                }
            }
        }
    }
    all
}

/// The names under which the project's containers reach a service.
fn hosts(project: &Project, service: &Service) -> Vec<String> {
    let mut hosts = vec![service.name.clone()];
    for (index, node) in &service.layers {
        let Some(file) = project.files.get(*index) else { continue };
        let yaml = &file.yaml;
        let mut add = |id: Id| hosts.extend(yaml.scalar(id).and_then(|(text, _)| project.expand(text)));
        ["container_name", "hostname"].iter().filter_map(|key| yaml.get(*node, key)).for_each(&mut add);
        let networks = yaml.get(*node, "networks");
        for network in networks.map(|n| yaml.entries(n)).iter().flat_map(|e| e.iter()) {
            yaml.get(network.value, "aliases")
                .and_then(|a| yaml.seq(a))
                .unwrap_or(&[])
                .iter()
                .copied()
                .for_each(&mut add);
        }
    }
    hosts
}

/// One entry of `ports`: several for a range, none if docker refuses it.
fn read(file: &File, item: Id, project: &Project) -> Vec<PublishedPort> {
    let span = file.span(item);
    let Some((text, _)) = file.yaml.scalar(item) else {
        let field = |key: &str| {
            let (text, _) = file.yaml.scalar(file.yaml.get(item, key)?)?;
            project.expand(text)
        };
        let protocol = field("protocol").unwrap_or_default();
        let (ip, published) = (field("host_ip").unwrap_or_default(), field("published").unwrap_or_default());
        return field("target").map_or_else(Vec::new, |target| ports(&ip, &published, &target, &protocol, span));
    };
    let Some(text) = project.expand(text) else { return Vec::new() };
    let (text, protocol) = text.split_once('/').unwrap_or((&text, ""));
    let Some((rest, target)) = text.rsplit_once(':') else { return ports("", "", text, protocol, span) };
    let (ip, published) = rest.rsplit_once(':').unwrap_or(("", rest));
    ports(ip, published, target, protocol, span)
}

/// The ports of one entry, from its parts. `published` is empty for a port that Docker chooses. Two ranges of one length
/// belong together one by one; of a range for one port, Docker chooses one.
fn ports(ip: &str, published: &str, target: &str, protocol: &str, span: Span) -> Vec<PublishedPort> {
    let tcp = protocol.is_empty() || protocol.eq_ignore_ascii_case("tcp");
    let host_ip = ip.strip_prefix('[').and_then(|ip| ip.strip_suffix(']')).unwrap_or(ip);
    let Some((first, last)) = range(target) else { return Vec::new() };
    let outer = range(published).filter(|(from, to)| to.abs_diff(*from) == last.abs_diff(first) && *from != 0);
    // A part that isn't known may be anything.
    let outer = outer.filter(|_| !host_ip.contains(UNKNOWN) && last.abs_diff(first) < LONGEST);
    let port = |target: u16| PublishedPort {
        hosts: Vec::new(),
        target,
        port: outer.and_then(|(from, _)| from.checked_add(target.abs_diff(first))),
        host_ip: host_ip.to_owned(),
        tcp,
        span,
    };
    (first..=last).map(port).take(usize::from(LONGEST)).collect()
}

/// `9000` or `9000-9010`.
fn range(text: &str) -> Option<(u16, u16)> {
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    let (from, to) = (from.parse().ok()?, to.parse().ok()?);
    (from <= to).then_some((from, to))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::source::{Given, Input, Options, PublishedPort, read};

    fn published(service: &str, files: &[(&str, &str)]) -> Vec<PublishedPort> {
        let text = format!(
            "services:\n  langfuse-web:\n    image: langfuse/langfuse:4\n    environment: {{LANGFUSE_S3_EVENT_UPLOAD_BUCKET: b}}\n  \
             store:\n    image: chrislusf/seaweedfs\n{service}"
        );
        let given = Given::Bytes(text.into_bytes());
        let input = Input { name: "docker-compose.yml".into(), given, kind: None, container: None };
        let files: BTreeMap<&str, &str> = files.iter().copied().collect();
        let deployment = read(&[input], &Options::default(), &files).unwrap();
        deployment.compose.unwrap().published
    }

    /// Each as `IP PORT:TARGET`, `?` for a port that isn't fixed, with `/udp` for anything but TCP.
    fn shown(ports: &str) -> Vec<String> {
        let one = |p: &PublishedPort| {
            let port = p.port.map_or("?".into(), |port| port.to_string());
            let ip = if p.host_ip.is_empty() { String::new() } else { format!("{} ", p.host_ip) };
            format!("{ip}{port}:{}{}", p.target, if p.tcp { "" } else { "/udp" })
        };
        published(&format!("    ports: {ports}\n"), &[]).iter().map(one).collect()
    }

    #[test]
    fn every_syntax_of_the_specification_is_read() {
        for (ports, expected) in [
            ("[\"9090:9000\"]", vec!["9090:9000"]),
            ("[9000]", vec!["?:9000"]),
            ("[\"9000/tcp\"]", vec!["?:9000"]),
            ("[\"127.0.0.1:9090:9000/tcp\"]", vec!["127.0.0.1 9090:9000"]),
            ("[\"127.0.0.1::9000\"]", vec!["127.0.0.1 ?:9000"]),
            ("[\"[::1]:9090:9000\"]", vec!["::1 9090:9000"]),
            ("[\"9090:9000/UDP\"]", vec!["9090:9000/udp"]),
            ("[\"9090-9091:9000-9001\"]", vec!["9090:9000", "9091:9001"]),
            ("[\"9090-9099:9000\"]", vec!["?:9000"]),
            ("[\"0:9000\"]", vec!["?:9000"]),
            ("[\"${PORT:-9090}:9000\"]", vec!["9090:9000"]),
            ("[\"${PORT}:9000\"]", vec!["?:9000"]),
            ("[{target: 9000, published: \"9090\"}]", vec!["9090:9000"]),
            (
                "[{target: 9000, published: 9090, host_ip: 10.0.0.7, protocol: tcp, mode: host}]",
                vec!["10.0.0.7 9090:9000"],
            ),
            ("[{target: 9000}]", vec!["?:9000"]),
            ("[{target: 9000, published: \"9090-9099\"}]", vec!["?:9000"]),
            ("[{published: 9090}]", vec![]),
            ("[\"9090:http\"]", vec![]),
            ("[\"9090:9000\", \"9090:9000\"]", vec!["9090:9000"]),
        ] {
            assert_eq!(shown(ports), expected, "{ports}");
        }
    }

    #[test]
    fn files_add_ports_or_replace_them() {
        let ports = |over: &str| {
            let over = format!("services:\n  store:\n    ports: {over}\n");
            let found = published("    ports: [\"9090:9000\"]\n", &[("docker-compose.override.yml", &over)]);
            found.iter().map(|p| p.port.unwrap_or(0)).collect::<Vec<_>>()
        };
        assert_eq!(ports("[\"9191:9000\"]"), [9090, 9191]);
        assert_eq!(ports("[\"9090:9000\"]"), [9090]);
        assert_eq!(ports("!override [\"9191:9000\"]"), [9191]);
        assert_eq!(ports("!reset []"), [0_u16; 0]);
        assert_eq!(ports("!reset [\"9191:9000\"]"), [0_u16; 0]);
    }

    #[test]
    fn a_service_is_reached_under_each_of_its_names() {
        let more = "    container_name: c\n    hostname: h\n    networks: {default: {aliases: [a, b.example]}}\n    ports: [\"1:2\"]\n";
        let [port] = published(more, &[]).try_into().unwrap();
        assert_eq!(port.hosts, ["store", "c", "h", "a", "b.example"]);
        assert!(published("    network_mode: host\n    ports: [\"1:2\"]\n", &[]).is_empty());
    }
}
