//! What is rendered before it is deployed: charts of Helm and kustomizations.
//!
//! In: the text of `Chart.yaml` and of kustomizations, and what the programs `helm` and `kubectl` made of them. Out: what they refer to,
//! the objects by the file that they come from, and the line of that file which a line of an object comes from. Programs are run by
//! whoever calls: nothing here does.
//!
//! Sources: <https://helm.sh/docs/topics/charts/>, <https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/>.

mod chart;
mod kustomization;
mod line;
mod split;

pub use chart::Chart;
pub use kustomization::{FILE_NAMES, Kustomization, Reference};
pub use line::Lines;
pub use split::{Piece, of_chart, of_kustomization};
