//! Which values Langfuse, or what deploys it, uses anyway.

use super::deployment::Deployment;
use super::facts::ChartStore;
use super::helm::bundled_store_at;
use super::kind::{Kind, Wrapper};
use super::setting::{Setting, Value};
use crate::variable::{Containers, Role, Var};

impl Deployment {
    /// Whether `setting` is Langfuse's own default, or the official file's default in the official file's own line:
    /// a file of one's own that happens to use the same bucket name isn't the official one.
    #[must_use]
    pub fn is_untouched(&self, containers: Containers, setting: &Setting) -> bool {
        if !self.is_default(containers, setting) {
            return false;
        }
        let own = match (&setting.value, setting.var) {
            (Value::Known(text), Some(var)) => text.is_empty() || var.row().default == Some(text),
            _ => false,
        };
        own || setting.from_wrapper()
            || match self.wrapper {
                Wrapper::Raw => false,
                // A `.env` for the official file that repeats its default, or whose value goes through its line.
                Wrapper::Compose => {
                    let passes = |via| {
                        let line = self.slice(via);
                        setting.text().is_some_and(|t| line == format!("${{{}:-{t}}}", setting.name))
                    };
                    !self.texts.iter().any(|t| t.kind == Kind::Compose) || setting.via.is_some_and(passes)
                }
                Wrapper::Helm => true,
                // What `helm template` prints names its chart.
                Wrapper::K8s => self.texts.iter().any(|t| t.text.contains("helm.sh/chart: langfuse-")),
            }
    }

    /// Whether `text` is the endpoint of the store that the chart starts.
    fn is_bundled_endpoint(&self, text: &str) -> bool {
        let Some((host, port)) = text.rsplit_once(':') else { return false };
        let store = match port {
            "8333" => ChartStore::SeaweedFs,
            "9000" => ChartStore::MinIo,
            _ => return false,
        };
        bundled_store_at(host) == Some(store) && self.helm.as_ref().is_none_or(|h| h.chart.store == store)
    }

    /// Whether the official file of this deployment method sets `variable`, so that leaving it out isn't a default.
    #[must_use]
    pub fn sets_by_default(&self, variable: Var) -> bool {
        let row = variable.row();
        match self.wrapper {
            Wrapper::Raw => false,
            Wrapper::Compose => row
                .compose
                .is_some_and(|c| [Containers::WEB, Containers::WORKER].into_iter().any(|one| !c.of(one).is_empty())),
            Wrapper::Helm | Wrapper::K8s => row.chart.is_some_and(|c| !c.default.is_empty()),
        }
    }

    /// Whether `setting` has the value that Langfuse or the wrapper uses anyway. A setting that equals the
    /// default is treated as the default, wherever it was written.
    #[must_use]
    pub fn is_default(&self, containers: Containers, setting: &Setting) -> bool {
        let Some(var) = setting.var else { return false };
        let row = var.row();
        let text = match &setting.value {
            Value::Known(text) => text.as_str(),
            // The chart's own Secret of its bundled store.
            Value::Reference { .. } => return setting.from_wrapper(),
            Value::Unknown => return false,
        };
        let compose = |meets: &dyn Fn(&str) -> bool| {
            row.compose.is_some_and(|c| {
                // A v3 compose file gives both containers what a v4 one gives web.
                let received = |one: &Containers| setting.from_wrapper() || containers.meets(*one);
                [Containers::WEB, Containers::WORKER].iter().filter(|one| received(one)).any(|one| meets(c.of(*one)))
            })
        };
        if text.is_empty() {
            // A value that is empty despite the file's default was set to empty on purpose.
            return self.wrapper != Wrapper::Compose || !compose(&|default| !default.is_empty());
        }
        if row.default == Some(text) {
            return true;
        }
        match self.wrapper {
            Wrapper::Raw => false,
            Wrapper::Compose => compose(&|default| default == text),
            Wrapper::Helm | Wrapper::K8s => {
                setting.from_wrapper()
                    || row.chart.is_some_and(|c| !c.default.is_empty() && c.default == text)
                    || (row.role == Some(Role::Endpoint) && self.is_bundled_endpoint(text))
                    || (var.name() == "NEXTAUTH_URL" && text == "http://localhost:3000")
            }
        }
    }
}
