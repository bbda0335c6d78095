//! What is said of rules that could not be decided.

use bartizan_engine::rule;

rule! {
    /// Some rules could not be decided for resources of this file, because an attribute is made of something that is not known before the
    /// configuration is applied, or that was not read: a variable without a value, a data source, a module from a registry.
    ///
    /// That is neither a pass nor a finding. It is said once a file, with the reasons, so that nobody takes silence for a pass. It does not
    /// make the scan partial: every configuration has variables that are given from outside.
    Undecided {
        id: "deploy/undecided",
        title: "Rules that the configuration alone does not decide",
        severity: Info,
        confidence: High,
        cwe: [],
        controls: [("NIST-800-53-r5", "CM-6")],
        remediation: "Give the variables values in `terraform.tfvars` or a default, or keep the modules beside the configuration.",
        references: ["https://developer.hashicorp.com/terraform/language/values/variables"],
    }
}
