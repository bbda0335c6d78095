//! What builds and runs a platform: actions of GitHub workflows, Helm charts, providers of Terraform.

mod github_actions;
mod helm_chart;
mod terraform_lock;

pub use github_actions::GithubActions;
pub use helm_chart::HelmChart;
pub use terraform_lock::TerraformLock;
