//! `deploy/encryption/unencrypted-volumes`: disks that are made without encryption.

use crate::kube::rule::{Judged, ObjectRule, Subject};
use bartizan_document::Node;
use bartizan_engine::rule;
use bartizan_engine::rule::Severity;

rule! {
    /// A StorageClass says how disks are made. For EBS of AWS, `encrypted: "false"` makes them without encryption, and where nothing is
    /// said the account's setting in that region decides, which no manifest tells. Longhorn encrypts only where it is told to. A disk
    /// that is taken out, copied or snapshot without encryption is read by whoever has it. Disks of Azure and Google Cloud are always
    /// encrypted; whose key that is, is said by `diskEncryptionSetID` and `disk-encryption-kms-key`.
    UnencryptedVolumes {
        id: "deploy/encryption/unencrypted-volumes",
        title: "Storage class makes disks without encryption",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-311"],
        controls: [
            ("NIST-800-53-r5", "SC-28"),
            ("PCI-DSS-4.0.1", "3.5.1"),
            ("HIPAA-Security-Rule", "164.312(a)(2)(iv)"),
        ],
        remediation: "Set the parameter `encrypted: \"true\"`, for EBS with `kmsKeyId` where the key is to be your own.",
        references: [
            "https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/parameters.md",
            "https://longhorn.io/docs/latest/advanced-resources/security/volume-encryption/",
        ],
    }
}

pub(super) const RULE: ObjectRule = ObjectRule {
    about: &UnencryptedVolumes::ABOUT,
    run,
};

fn run(subject: &Subject<'_>, judged: &mut Judged) {
    if !subject.is("storage.k8s.io", "StorageClass") {
        return;
    }
    let root = &subject.object.root;
    let Some(provisioner) = root.get("provisioner") else {
        return;
    };
    let parameter = subject.at(&["parameters", "encrypted"]);
    let said = parameter.map(|node| node.text() == Some("true") || node.bool() == Some(true));
    let at = parameter.map_or(provisioner.span, |node: &Node| node.span);
    match (provisioner.text().unwrap_or_default(), said) {
        (_, Some(true)) => {}
        ("ebs.csi.aws.com" | "kubernetes.io/aws-ebs", Some(false)) => {
            judged.one("makes disks without encryption: `encrypted` is not `true`", at);
        }
        ("ebs.csi.aws.com" | "kubernetes.io/aws-ebs", None) => {
            let why =
                "whether disks of EBS are encrypted is the account's setting where `encrypted` is not said";
            judged.undecided(why, at);
        }
        ("driver.longhorn.io", _) => {
            judged.rated(
                Severity::Low,
                "makes volumes without encryption: `encrypted` is not `true`",
                at,
            );
        }
        (name, _) if name.ends_with("rbd.csi.ceph.com") => {
            judged.undecided("whether volumes of Ceph are encrypted is the setting of its disks where `encrypted` is not said", at);
        }
        _ => {}
    }
}
