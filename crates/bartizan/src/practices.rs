//! What `explain` says about weaknesses, controls, verdicts and exit codes, and which secure-coding practices stand
//! behind a weakness.
//!
//! Facts from, and in our own words: OWASP ASVS 5.0 <https://github.com/OWASP/ASVS>, OWASP Proactive Controls 2024
//! <https://top10proactive.owasp.org>, OWASP Cheat Sheet Series <https://cheatsheetseries.owasp.org>, OWASP Top Ten 2021
//! <https://owasp.org/Top10/2021/>, NIST SP 800-53 r5, NIST SP 800-218, PCI DSS 4.0.1, CWE <https://cwe.mitre.org>.

mod answers;
mod code;
mod host;
mod kubernetes;
mod rbac;

pub(crate) use answers::ANSWERS;

/// A requirement of a published standard.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Practice {
    /// Short name and version of the standard, as in [`bartizan_model::Control`].
    pub(crate) framework: &'static str,
    /// Number of the requirement in it.
    pub(crate) id: &'static str,
    /// What it asks for.
    pub(crate) asks: &'static str,
}

const fn practice(framework: &'static str, id: &'static str, asks: &'static str) -> Practice {
    Practice { framework, id, asks }
}

/// Every control that findings name, and the secure-coding practices behind leaked credentials.
const PRACTICES: &[Practice] = &[
    practice(
        "OWASP-ASVS-5.0",
        "11.4.1",
        "Only approved hash functions are used; MD5 and the like for no purpose of security.",
    ),
    practice(
        "OWASP-ASVS-5.0",
        "12.3.1",
        "Every connection, to other services too, is encrypted.",
    ),
    practice(
        "OWASP-ASVS-5.0",
        "13.3.1",
        "Create, keep, hand out and destroy back-end secrets in a secrets manager. None stands in source code or in what is \
         built from it.",
    ),
    practice("OWASP-ASVS-5.0", "13.3.2", "Only who needs a secret can read it."),
    practice(
        "OWASP-ASVS-5.0",
        "13.3.4",
        "Secrets expire, and are replaced on a schedule that is written down.",
    ),
    practice(
        "OWASP-ASVS-5.0",
        "13.2.1",
        "Parts of a system prove to each other who they are with accounts of their own and short-lived tokens or \
         certificates, not with passwords and keys that never change.",
    ),
    practice(
        "OWASP-Proactive-Controls-2024",
        "C2",
        "Protect data with cryptography done properly: keys are kept apart from the code and the data they protect, and can \
         be exchanged.",
    ),
    practice(
        "OWASP-Proactive-Controls-2024",
        "C5",
        "Start from a configuration that is secure by itself: no default and no built-in credential, secrets come from \
         outside of code and configuration files.",
    ),
    practice(
        "OWASP-Proactive-Controls-2024",
        "C7",
        "Manage digital identities with care: credentials are stored safely, and tokens live briefly.",
    ),
    practice(
        "OWASP-Top10-2021",
        "A07",
        "Identification and authentication failures. A credential in a file lets anyone be whom it belongs to; CWE-798 and \
         CWE-259 are counted here.",
    ),
    practice(
        "OWASP-Top10-2021",
        "A02",
        "Cryptographic failures. A key that is written into code protects nothing; CWE-321 is counted here.",
    ),
    practice(
        "OWASP-Cheat-Sheets",
        "Secrets Management",
        "Keep secrets in one managed place, automate their rotation, prefer credentials that are made on demand, know who \
         read which, look for leaks before and after a commit, and have a plan for the day one leaks.",
    ),
    practice(
        "OWASP-Cheat-Sheets",
        "Cryptographic Storage",
        "Do not write keys into code, do not put them under version control, and keep them apart from the data they encrypt.",
    ),
    practice(
        "NIST-800-53-r5",
        "IA-5(7)",
        "No static authenticator that is not encrypted stands in an application or other storage.",
    ),
    practice(
        "NIST-800-53-r5",
        "CA-5",
        "Weaknesses that are not mended at once are written down, with a plan and a date.",
    ),
    practice(
        "NIST-SSDF-1.1",
        "RV.2.2",
        "Decide for each vulnerability what is done about it, and write the decision down.",
    ),
    practice(
        "OWASP-ASVS-5.0",
        "15.2.1",
        "Components are replaced or mended within the time that is written down for the severity of their vulnerabilities.",
    ),
    practice(
        "OWASP-ASVS-5.0",
        "15.2.4",
        "Components and what they need come from the place they are expected from, so that no other package of the same name \
         can take their part.",
    ),
    practice(
        "OWASP-Proactive-Controls-2024",
        "C6",
        "Keep your components secure: know what you are built from, and replace what has known vulnerabilities.",
    ),
    practice(
        "OWASP-Top10-2021",
        "A06",
        "Vulnerable and outdated components. What a product is built from is attacked like what it is itself.",
    ),
    practice(
        "NIST-SP-800-190",
        "4.1.2",
        "Images are configured by rules that a tool checks: they run as a user without privileges, come from bases of known \
         origin, and carry no remote shell.",
    ),
    practice(
        "NIST-800-53-r5",
        "AC-3",
        "Approved authorisations are enforced, so that nothing reaches what it was not granted.",
    ),
    practice(
        "NIST-800-53-r5",
        "AC-6",
        "People and programs have the rights that their task needs, and no more.",
    ),
    practice(
        "NIST-800-53-r5",
        "CM-6",
        "Settings are chosen, written down, and departures from them are known and accounted for.",
    ),
    practice(
        "NIST-800-53-r5",
        "CM-7",
        "Systems offer the functions that are needed, and the others are switched off.",
    ),
    practice(
        "NIST-800-53-r5",
        "AC-4",
        "Information flows only where somebody decided that it may.",
    ),
    practice(
        "NIST-800-53-r5",
        "SC-4",
        "What one leaves in a resource that is shared does not reach the next who uses it.",
    ),
    practice(
        "NIST-800-53-r5",
        "SC-6",
        "Resources are shared out so that one who takes too much does not leave others without.",
    ),
    practice(
        "NIST-800-53-r5",
        "SC-7",
        "Traffic passes at chosen boundaries, where it is watched and controlled.",
    ),
    practice(
        "NIST-800-53-r5",
        "SC-39",
        "Every process runs in an execution domain of its own.",
    ),
    practice(
        "NIST-800-53-r5",
        "AC-2",
        "Accounts have owners and reasons, and those that are not needed are taken away.",
    ),
    practice(
        "NIST-800-53-r5",
        "AC-7",
        "Who tries one wrong password after another has to wait, or is locked out.",
    ),
    practice(
        "NIST-800-53-r5",
        "AU-2",
        "It is decided which events are logged, and they are.",
    ),
    practice(
        "NIST-800-53-r5",
        "AU-9",
        "Logs are kept from being read, changed or deleted by those they tell of.",
    ),
    practice(
        "NIST-800-53-r5",
        "AU-12",
        "Systems record the events that were decided on, where they happen.",
    ),
    practice(
        "NIST-800-53-r5",
        "CP-9",
        "Backups are made, as often as the loss would hurt, and are protected as what they copy.",
    ),
    practice(
        "NIST-800-53-r5",
        "IA-2",
        "People are known by more than a name before they get in.",
    ),
    practice(
        "NIST-800-53-r5",
        "IA-5",
        "Passwords, keys and tokens are made, handed out, changed and taken back by rules.",
    ),
    practice(
        "NIST-800-53-r5",
        "IA-5(1)",
        "Passwords are long and varied enough not to be guessed.",
    ),
    practice(
        "NIST-800-53-r5",
        "RA-5",
        "Systems are scanned for vulnerabilities, and what is found is acted on.",
    ),
    practice(
        "NIST-800-53-r5",
        "SC-8",
        "What is sent is kept from being read and changed on its way.",
    ),
    practice(
        "NIST-800-53-r5",
        "SC-12",
        "Keys are made, kept, changed and destroyed by rules.",
    ),
    practice(
        "NIST-800-53-r5",
        "SC-20",
        "Answers about names can be proven to be those of their owner.",
    ),
    practice(
        "NIST-800-53-r5",
        "SC-28",
        "What is stored is kept from being read and changed where it lies.",
    ),
    practice(
        "NIST-800-53-r5",
        "SI-2",
        "Flaws are mended, and updates installed in time.",
    ),
    practice("NIST-800-53-r5", "SI-4", "Systems are watched for attacks."),
    practice(
        "NIST-800-53-r5",
        "SI-10",
        "What comes from outside is checked before it is used.",
    ),
    practice(
        "NIST-800-53-r5",
        "SI-7",
        "Changes of programs and data that nobody meant are noticed.",
    ),
    practice(
        "NIST-800-53-r5",
        "SR-3",
        "Weaknesses of what suppliers deliver, and of how they deliver it, are looked for and answered.",
    ),
    practice(
        "PCI-DSS-4.0.1",
        "1.3.1",
        "Traffic into the network that holds card data is limited to what is needed.",
    ),
    practice(
        "PCI-DSS-4.0.1",
        "1.4.4",
        "Systems that store card data cannot be reached directly from networks that are not trusted.",
    ),
    practice(
        "PCI-DSS-4.0.1",
        "3.5.1",
        "Card numbers cannot be read wherever they are stored.",
    ),
    practice(
        "PCI-DSS-4.0.1",
        "3.7.4",
        "Keys are changed when their time is over.",
    ),
    practice(
        "PCI-DSS-4.0.1",
        "4.2.1",
        "Card data is encrypted by strong cryptography on its way over open networks.",
    ),
    practice(
        "PCI-DSS-4.0.1",
        "6.3.3",
        "Systems have the security updates that are out.",
    ),
    practice(
        "PCI-DSS-4.0.1",
        "7.2.2",
        "Access is given by what a task needs, and no more.",
    ),
    practice(
        "PCI-DSS-4.0.1",
        "8.3.6",
        "Passwords are long and varied enough not to be guessed.",
    ),
    practice("PCI-DSS-4.0.1", "10.2.1", "Logs are on for every system."),
    practice(
        "PCI-DSS-4.0.1",
        "10.3.2",
        "Logs cannot be changed by individuals.",
    ),
    practice("PCI-DSS-4.0.1", "10.3.4", "Changes of logs are noticed."),
    practice(
        "PCI-DSS-4.0.1",
        "11.5.1",
        "Intrusions into the network are noticed or prevented.",
    ),
    practice(
        "PCI-DSS-4.0.1",
        "2.2.6",
        "Security parameters of systems are set so that they cannot be misused.",
    ),
    practice(
        "PCI-DSS-4.0.1",
        "8.6.2",
        "Passwords of application and system accounts are not written into scripts, configuration files or source code.",
    ),
];

/// A weakness.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weakness {
    /// `CWE-798`.
    pub(crate) id: &'static str,
    /// Its name.
    pub(crate) name: &'static str,
    /// What it means.
    pub(crate) means: &'static str,
    /// Practices that prevent it, by framework and number.
    pub(crate) practices: &'static [(&'static str, &'static str)],
}

const SECRETS: &[(&str, &str)] = &[
    ("OWASP-ASVS-5.0", "13.3.1"),
    ("OWASP-ASVS-5.0", "13.3.2"),
    ("OWASP-ASVS-5.0", "13.3.4"),
    ("OWASP-ASVS-5.0", "13.2.1"),
    ("OWASP-Proactive-Controls-2024", "C5"),
    ("OWASP-Cheat-Sheets", "Secrets Management"),
];

const KEYS: &[(&str, &str)] = &[
    ("OWASP-ASVS-5.0", "13.3.1"),
    ("OWASP-ASVS-5.0", "13.3.4"),
    ("OWASP-Proactive-Controls-2024", "C2"),
    ("OWASP-Top10-2021", "A02"),
    ("OWASP-Cheat-Sheets", "Cryptographic Storage"),
    ("OWASP-Cheat-Sheets", "Secrets Management"),
];

const COMPONENTS: &[(&str, &str)] = &[
    ("OWASP-ASVS-5.0", "15.2.1"),
    ("OWASP-Proactive-Controls-2024", "C6"),
    ("OWASP-Top10-2021", "A06"),
];

/// What bears on resources of clouds.
const CLOUD: &[(&str, &str)] = &[("NIST-800-53-r5", "AC-3"), ("NIST-800-53-r5", "CM-6")];

/// What bears on how pods are kept apart.
const PODS: &[(&str, &str)] = &[("NIST-800-53-r5", "AC-6"), ("NIST-800-53-r5", "SC-39")];

const IMAGES: &[(&str, &str)] = &[
    ("NIST-SP-800-190", "4.1.2"),
    ("OWASP-Proactive-Controls-2024", "C5"),
];

const ORIGIN: &[(&str, &str)] = &[
    ("OWASP-ASVS-5.0", "15.2.4"),
    ("OWASP-Proactive-Controls-2024", "C6"),
];

/// Weaknesses that rules name.
const WEAKNESSES: &[Weakness] = &[
    Weakness {
        id: "CWE-94",
        name: "Improper control of generation of code",
        means: "What somebody else writes becomes a part of a program before it runs, and so do the commands in it.",
        practices: &[("NIST-800-53-r5", "SI-10")],
    },
    Weakness {
        id: "CWE-250",
        name: "Execution with unnecessary privileges",
        means: "Something runs with more rights than its work needs, so that every flaw in it is worth more to an attacker.",
        practices: IMAGES,
    },
    Weakness {
        id: "CWE-269",
        name: "Improper privilege management",
        means: "Rights are handed over, kept or taken back in a way that lets somebody have more than is meant for them.",
        practices: IMAGES,
    },
    Weakness {
        id: "CWE-284",
        name: "Improper access control",
        means: "Access is not limited to those it was meant for.",
        practices: CLOUD,
    },
    Weakness {
        id: "CWE-306",
        name: "Missing authentication for critical function",
        means: "Something that matters can be used by whoever asks.",
        practices: CLOUD,
    },
    Weakness {
        id: "CWE-307",
        name: "Improper restriction of excessive authentication attempts",
        means: "Passwords can be tried one after the other until one is right.",
        practices: CLOUD,
    },
    Weakness {
        id: "CWE-311",
        name: "Missing encryption of sensitive data",
        means: "Data that should be secret is stored or sent in a form that everybody can read.",
        practices: CLOUD,
    },
    Weakness {
        id: "CWE-324",
        name: "Use of a key past its expiration date",
        means: "A key is used for longer than it was meant to be, so that more is lost when it is.",
        practices: CLOUD,
    },
    Weakness {
        id: "CWE-326",
        name: "Inadequate encryption strength",
        means: "The encryption, or the version of its protocol, is weaker than the data is worth.",
        practices: CLOUD,
    },
    Weakness {
        id: "CWE-494",
        name: "Download of code without integrity check",
        means: "Code is fetched and used without anything to compare it with, so that whoever controls the source or the way \
                chooses what runs.",
        practices: IMAGES,
    },
    Weakness {
        id: "CWE-521",
        name: "Weak password requirements",
        means: "Passwords that are easily guessed are accepted.",
        practices: CLOUD,
    },
    Weakness {
        id: "CWE-653",
        name: "Improper isolation or compartmentalization",
        means: "What should be kept apart shares memory, processes or networks, so that a flaw in one is a flaw in all.",
        practices: PODS,
    },
    Weakness {
        id: "CWE-668",
        name: "Exposure of resource to wrong sphere",
        means: "Something is within reach of those it was not meant for.",
        practices: PODS,
    },
    Weakness {
        id: "CWE-693",
        name: "Protection mechanism failure",
        means: "A protection that is there is switched off, left out, or weaker than it looks.",
        practices: PODS,
    },
    Weakness {
        id: "CWE-732",
        name: "Incorrect permission assignment for critical resource",
        means: "A file or directory that matters may be read or changed by more people than it should.",
        practices: IMAGES,
    },
    Weakness {
        id: "CWE-770",
        name: "Allocation of resources without limits",
        means: "Somebody can take as much of what all share as he likes, until others have none.",
        practices: &[("NIST-800-53-r5", "SC-6")],
    },
    Weakness {
        id: "CWE-778",
        name: "Insufficient logging",
        means: "What happened cannot be told afterwards, because it was not recorded.",
        practices: CLOUD,
    },
    Weakness {
        id: "CWE-829",
        name: "Inclusion of functionality from an untrusted control sphere",
        means: "What somebody else may change at any time becomes part of the product without being looked at.",
        practices: COMPONENTS,
    },
    Weakness {
        id: "CWE-694",
        name: "Use of multiple resources with duplicate identifier",
        means: "One name stands for two things, and which of them is meant depends on who reads it.",
        practices: PODS,
    },
    Weakness {
        id: "CWE-798",
        name: "Use of hard-coded credentials",
        means: "A credential stands in code or in a file that travels with it. Everyone who ever had a copy has it, it cannot \
                be taken back by deleting the line, and changing it means a new release.",
        practices: SECRETS,
    },
    Weakness {
        id: "CWE-257",
        name: "Storing passwords in a recoverable format",
        means: "A stored password can be turned back into its text, with a key that lies nearby or with none.",
        practices: SECRETS,
    },
    Weakness {
        id: "CWE-259",
        name: "Use of a hard-coded password",
        means: "A password stands in code or configuration. Whoever can read the file can sign in, and the same password is \
                usually valid in more places than one.",
        practices: SECRETS,
    },
    Weakness {
        id: "CWE-321",
        name: "Use of a hard-coded cryptographic key",
        means: "A key stands in code. Everything that was ever encrypted or signed with it can be read or forged by whoever \
                has the code.",
        practices: KEYS,
    },
    Weakness {
        id: "CWE-214",
        name: "Invocation of a process using visible sensitive information",
        means: "A secret is handed over on a command line, where every user of the machine, the shell's history and the \
                process accounting can read it.",
        practices: SECRETS,
    },
    Weakness {
        id: "CWE-256",
        name: "Plaintext storage of a password",
        means: "A password is stored as it is. Whoever reads the file has it, without having to break anything.",
        practices: SECRETS,
    },
    Weakness {
        id: "CWE-260",
        name: "Password in a configuration file",
        means: "A password stands in a configuration file, which is copied, backed up and put under version control with far \
                less care than a password needs.",
        practices: SECRETS,
    },
    Weakness {
        id: "CWE-538",
        name: "Sensitive information in a file or directory that others can reach",
        means: "Something secret lies in a file that more people can read than should know it.",
        practices: SECRETS,
    },
    Weakness {
        id: "CWE-312",
        name: "Cleartext storage of sensitive information",
        means: "Something secret is stored as it is, where others can read it.",
        practices: SECRETS,
    },
    Weakness {
        id: "CWE-522",
        name: "Insufficiently protected credentials",
        means: "Credentials are sent or kept in a way that lets others intercept or read them.",
        practices: SECRETS,
    },
    Weakness {
        id: "CWE-540",
        name: "Inclusion of sensitive information in source code",
        means: "Source code holds something that should not be known to everyone who reads it.",
        practices: SECRETS,
    },
    Weakness {
        id: "CWE-532",
        name: "Insertion of sensitive information into a log file",
        means: "A log holds something secret, and logs are read and kept more widely than secrets may be.",
        practices: SECRETS,
    },
    Weakness {
        id: "CWE-760",
        name: "Use of a one-way hash with a predictable salt",
        means: "The salt of password hashes is known beforehand, so tables of hashes can be computed once for everybody.",
        practices: KEYS,
    },
    Weakness {
        id: "CWE-506",
        name: "Embedded malicious code",
        means: "Somebody put code into the product, or into something that it is built from, to do harm.",
        practices: COMPONENTS,
    },
    Weakness {
        id: "CWE-862",
        name: "Missing authorization",
        means: "Nobody asks whether whoever acts may.",
        practices: CLOUD,
    },
    Weakness {
        id: "CWE-918",
        name: "Server-side request forgery",
        means: "A server can be made to send requests where whoever asks for them could not.",
        practices: PODS,
    },
    Weakness {
        id: "CWE-1104",
        name: "Use of unmaintained third party components",
        means: "Something is built on what nobody mends any more.",
        practices: CLOUD,
    },
    Weakness {
        id: "CWE-1188",
        name: "Initialization of a resource with an insecure default",
        means: "Something begins in a state that is not safe, and stays in it.",
        practices: CLOUD,
    },
    Weakness {
        id: "CWE-1395",
        name: "Dependency on a vulnerable third-party component",
        means: "Something that the product is built from has a vulnerability that is known to everyone, attackers included.",
        practices: COMPONENTS,
    },
    Weakness {
        id: "CWE-916",
        name: "Use of a password hash with insufficient computational effort",
        means: "Hashes of passwords can be tried offline, faster the cheaper the hash is.",
        practices: SECRETS,
    },
    Weakness {
        id: "CWE-319",
        name: "Cleartext transmission of sensitive information",
        means: "What crosses the network can be read and changed by everyone on the way, because nothing encrypts it or \
                proves who sent it.",
        practices: ORIGIN,
    },
    Weakness {
        id: "CWE-328",
        name: "Use of weak hash",
        means: "A digest by an algorithm for which two contents with the same digest can be made proves nothing about \
                which of them came.",
        practices: ORIGIN,
    },
    Weakness {
        id: "CWE-345",
        name: "Insufficient verification of data authenticity",
        means: "What was received is used without making sure that it is what was meant and comes from whom it says.",
        practices: ORIGIN,
    },
    Weakness {
        id: "CWE-353",
        name: "Missing support for integrity check",
        means: "Nothing beside the data says what it must be, so a changed copy cannot be told from the right one.",
        practices: ORIGIN,
    },
    Weakness {
        id: "CWE-354",
        name: "Improper validation of integrity check value",
        means: "A digest is there and is not compared, or a difference is passed over.",
        practices: ORIGIN,
    },
    Weakness {
        id: "CWE-427",
        name: "Uncontrolled search path element",
        means: "A name is looked up in several places, and somebody else can put something of that name into one of \
                them.",
        practices: ORIGIN,
    },
    Weakness {
        id: "CWE-494",
        name: "Download of code without integrity check",
        means: "Code is fetched and run without comparing it with a digest or signature that was known before.",
        practices: ORIGIN,
    },
    Weakness {
        id: "CWE-829",
        name: "Inclusion of functionality from untrusted control sphere",
        means: "Code is taken from where people whom nobody chose to trust can change it.",
        practices: ORIGIN,
    },
    Weakness {
        id: "CWE-1357",
        name: "Reliance on insufficiently trustworthy component",
        means: "A product is built from a component of which nobody made sure that it is what it seems and from whom it \
                seems.",
        practices: ORIGIN,
    },
];

/// The name of a standard as it is usually written.
pub(crate) fn name_of(framework: &str) -> &str {
    match framework {
        "OWASP-ASVS-5.0" => "OWASP ASVS 5.0",
        "OWASP-Proactive-Controls-2024" => "OWASP Proactive Controls 2024",
        "OWASP-Top10-2021" => "OWASP Top 10:2021",
        "OWASP-Cheat-Sheets" => "OWASP Cheat Sheet",
        "NIST-800-53-r5" => "NIST SP 800-53 r5",
        "NIST-SSDF-1.1" => "NIST SSDF 1.1",
        "NIST-SP-800-190" => "NIST SP 800-190",
        "PCI-DSS-4.0.1" => "PCI DSS 4.0.1",
        "CIS-Kubernetes-1.12" => "CIS Kubernetes Benchmark 1.12",
        "HIPAA-Security-Rule" => "HIPAA Security Rule",
        "NSA-CISA-Kubernetes-1.2" => "NSA and CISA Kubernetes Hardening Guide 1.2",
        other => other,
    }
}

/// Every practice that is described.
pub(crate) fn all() -> impl Iterator<Item = &'static Practice> {
    PRACTICES
        .iter()
        .chain(code::PRACTICES)
        .chain(host::PRACTICES)
        .chain(kubernetes::PRACTICES)
        .chain(rbac::PRACTICES)
}

/// Every weakness that is described.
pub(crate) fn weaknesses() -> impl Iterator<Item = &'static Weakness> {
    WEAKNESSES
        .iter()
        .chain(code::WEAKNESSES)
        .chain(kubernetes::WEAKNESSES)
}

/// The practice with this framework and number.
pub(crate) fn find(framework: &str, id: &str) -> Option<&'static Practice> {
    all().find(|practice| practice.framework == framework && practice.id == id)
}

/// The weakness with this id, in any case.
pub(crate) fn weakness(id: &str) -> Option<&'static Weakness> {
    weaknesses().find(|weakness| weakness.id.eq_ignore_ascii_case(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_practice_a_weakness_names_is_described() {
        for weakness in weaknesses() {
            for (framework, id) in weakness.practices {
                assert!(find(framework, id).is_some(), "{framework} {id}");
            }
        }
    }

    #[test]
    fn every_control_and_weakness_that_a_rule_names_is_described() {
        for rule in crate::commands::rules::manuals(&crate::scan::Loaded::default()) {
            for control in &rule.controls {
                assert!(
                    find(&control.framework, &control.id).is_some(),
                    "{}: {control:?}",
                    rule.id
                );
            }
            for id in &rule.cwe {
                assert!(weakness(id).is_some(), "{}: {id}", rule.id);
            }
        }
    }
}
