//! Which values Langfuse, or what deploys it, uses anyway.

use super::deployment::Deployment;
use super::helm::is_bundled_host;
use super::kind::Wrapper;
use super::setting::{Setting, Value};
use crate::variable::{Containers, Role};

impl Deployment {
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
                    || (row.role == Some(Role::Endpoint) && text.strip_suffix(":8333").is_some_and(is_bundled_host))
                    || (var.name() == "NEXTAUTH_URL" && text == "http://localhost:3000")
            }
        }
    }
}
