//! Several inputs for one container: later ones override earlier ones.

use super::environment::Environment;
use crate::variable::Containers;

/// Environments by container, merged in layers.
#[derive(Default)]
pub(super) struct Layers {
    /// What both containers receive, as long as no layer differs between them.
    both: Option<Environment>,
    web: Option<Environment>,
    worker: Option<Environment>,
}

impl Layers {
    pub(super) fn add(&mut self, environments: Vec<(Containers, Environment)>) {
        for (containers, environment) in environments {
            if containers == Containers::BOTH && self.web.is_none() && self.worker.is_none() {
                lay(&mut self.both, environment);
                continue;
            }
            if containers == Containers::WEB {
                self.web = self.web.take().or_else(|| self.both.clone());
                lay(&mut self.web, environment);
                continue;
            }
            if containers.meets(Containers::WEB) {
                let base = self.web.take().or_else(|| self.both.clone());
                self.web = base;
                lay(&mut self.web, environment.clone());
            }
            if containers.meets(Containers::WORKER) {
                let base = self.worker.take().or_else(|| self.both.clone());
                self.worker = base;
                lay(&mut self.worker, environment);
            }
        }
    }

    pub(super) fn finish(self) -> Vec<(Containers, Environment)> {
        let Self { both, web, worker } = self;
        if web.is_none() && worker.is_none() {
            return both.into_iter().map(|e| (Containers::BOTH, e)).collect();
        }
        let web = web.or_else(|| both.clone());
        let worker = worker.or(both);
        let one = |c: Containers, e: Option<Environment>| e.map(|e| (c, e));
        [one(Containers::WEB, web), one(Containers::WORKER, worker)].into_iter().flatten().collect()
    }
}

fn lay(base: &mut Option<Environment>, over: Environment) {
    match base {
        None => *base = Some(over),
        Some(base) => base.lay(over),
    }
}
