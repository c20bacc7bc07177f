//! Rule pages: parses the Markdown of a rule's doc comment.

/// A rule's page.
#[derive(Debug, Default)]
pub struct Page {
    /// What it is about: the text before the first heading.
    pub what: String,
    /// Why it matters.
    pub why: String,
    /// Files that trigger the rule.
    pub example: Vec<Sample>,
    /// The same files, fixed.
    pub use_instead: Vec<Sample>,
    /// Where people ran into it.
    pub seen_in: String,
}

/// A fenced block of a page: a named file and how to read it.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// The fence's first word: `dotenv`, `compose`, `helm`, `k8s`, `json` or `env`.
    pub kind: String,
    /// The fence's `name=value` words: `file`, `deployment`, `version`, `dialect`, `container`, `chart`.
    pub options: Vec<(String, String)>,
    /// The content.
    pub text: String,
}

impl Sample {
    /// The option with that name.
    #[must_use]
    pub fn option(&self, name: &str) -> Option<&str> {
        self.options.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The file name: the option, or the usual name for the kind.
    #[must_use]
    pub fn file(&self) -> &str {
        self.option("file").unwrap_or(match self.kind.as_str() {
            "compose" => "docker-compose.yml",
            "helm" => "values.yaml",
            "k8s" => "manifests.yaml",
            "json" => "env.json",
            "env" => "env.txt",
            _ => ".env",
        })
    }

    /// The command-line flags that the example needs.
    #[must_use]
    pub fn flags(&self) -> String {
        const FLAGS: [(&str, &str); 5] = [
            ("deployment", "--deployment"),
            ("dialect", "--dialect"),
            ("container", "--container"),
            ("version", "--langfuse-version"),
            ("chart", "--chart-version"),
        ];
        let given = FLAGS.iter().filter_map(|(name, flag)| Some(format!("{flag} {}", self.option(name)?)));
        given.collect::<Vec<_>>().join(" ")
    }
}

impl Page {
    /// Parses the Markdown of a page. Doc comments put a space before each line; it is dropped.
    #[must_use]
    pub fn parse(markdown: &str) -> Self {
        let mut page = Self::default();
        let mut heading = String::new();
        let mut open: Option<Sample> = None;
        for line in markdown.lines() {
            let line = line.strip_prefix(' ').unwrap_or(line);
            if let Some(mut sample) = open.take() {
                if line.trim() == "```" {
                    match heading.as_str() {
                        "Use instead" => page.use_instead.push(sample),
                        _ => page.example.push(sample),
                    }
                } else {
                    sample.text.push_str(line);
                    sample.text.push('\n');
                    open = Some(sample);
                }
            } else if let Some(info) = line.strip_prefix("```") {
                let mut words = info.split_whitespace();
                let kind = words.next().unwrap_or("dotenv").to_owned();
                let options =
                    words.filter_map(|w| w.split_once('=')).map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
                open = Some(Sample { kind, options, text: String::new() });
            } else if let Some(title) = line.strip_prefix("## ") {
                title.trim().clone_into(&mut heading);
            } else {
                let part = match heading.as_str() {
                    "" => &mut page.what,
                    "Why" => &mut page.why,
                    "Seen in" => &mut page.seen_in,
                    _ => continue,
                };
                if !(part.is_empty() && line.is_empty()) {
                    part.push_str(line);
                    part.push('\n');
                }
            }
        }
        for part in [&mut page.what, &mut page.why, &mut page.seen_in] {
            part.truncate(part.trim_end().len());
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule;

    #[test]
    fn the_title_of_a_rule_is_the_whole_first_paragraph_of_its_page() {
        for rule in rule::all() {
            let page = Page::parse(rule.page);
            assert_eq!(page.what.split("\n\n").next(), Some(rule.title), "{}", rule.slug);
        }
    }
}
