//! A progress bar on standard error for what takes over a second; on a terminal only.

use std::time::{Duration, Instant};

use domain::import::{Progress, Stage};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How long something may take before a bar is shown.
const PATIENCE: Duration = Duration::from_secs(1);

/// A bar that stays hidden until it is worth showing.
pub(super) struct Bar {
    bar: ProgressBar,
    since: Instant,
}

/// A bar that begins now.
pub(super) fn bar() -> Bar {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
    if let Ok(style) = ProgressStyle::with_template("{msg:12} [{wide_bar}] {pos}/{len}") {
        bar.set_style(style);
    }
    Bar { bar, since: Instant::now() }
}

impl Bar {
    /// Shows how far it is.
    pub(super) fn show(&self, progress: Progress) {
        if self.bar.is_hidden() && self.since.elapsed() > PATIENCE {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.set_length(progress.total as u64);
        self.bar.set_position(progress.done as u64);
        self.bar.set_message(word(progress.stage));
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn word(stage: Stage) -> &'static str {
    match stage {
        Stage::Checking => "checking",
        Stage::Writing => "writing",
    }
}
