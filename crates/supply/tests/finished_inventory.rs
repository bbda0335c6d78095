//! What the finishing pass says of packages of operating systems and of Java archives.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]
#![allow(dead_code, reason = "the helpers are shared with other tests")]

mod common;

use bartizan_model::Component;
use bartizan_supply::ecosystem::Ecosystem;
use bartizan_supply::inventory::finish;
use common::read;

const DPKG: &str =
    "Package: tzdata\nVersion: 1\nArchitecture: all\n\nPackage: libc6\nVersion: 2\nDepends: tzdata\n";

fn release(root: &str, text: &str) -> Vec<Component> {
    read("os-release", &format!("{root}etc/os-release"), text.as_bytes()).0
}

fn dpkg(root: &str) -> Vec<Component> {
    read("os-dpkg", &format!("{root}var/lib/dpkg/status"), DPKG.as_bytes()).0
}

fn ecosystems_of_debs(components: &[Component]) -> impl Iterator<Item = Option<&str>> {
    let debs = components.iter().filter(|one| one.purl.kind() == "deb");
    debs.map(|one| one.ecosystem.as_deref())
}

#[test]
fn packages_get_the_release_of_their_root() {
    let mut components = dpkg("");
    components.extend(release(
        "",
        "ID=ubuntu\nVERSION_ID=\"22.04\"\nVERSION=\"22.04.4 LTS (Jammy Jellyfish)\"\n",
    ));
    let finished = finish(components);
    assert_eq!(finished.notes, Vec::<String>::new());
    let libc = finished
        .components
        .iter()
        .find(|one| one.purl.name() == "libc6")
        .unwrap();
    assert_eq!(
        libc.purl.to_string(),
        "pkg:deb/ubuntu/libc6@2?distro=ubuntu-22.04"
    );
    assert_eq!(libc.ecosystem.as_deref(), Some("Ubuntu:22.04:LTS"));
    assert_eq!(
        libc.depends_on[0].to_string(),
        "pkg:deb/ubuntu/tzdata@1?arch=all&distro=ubuntu-22.04"
    );
}

#[test]
fn the_same_package_in_two_roots_is_two_packages_of_two_releases() {
    let mut components = release("a/", "ID=debian\nVERSION_ID=11\n");
    components.extend(release("b.tar!/", "ID=debian\nVERSION_ID=12\n"));
    let mut seen = dpkg("a/");
    for (one, other) in seen.iter_mut().zip(dpkg("b.tar!/")) {
        one.absorb(other);
    }
    components.extend(seen);
    let finished = finish(components);
    let of_libc: Vec<_> = finished
        .components
        .iter()
        .filter(|one| one.purl.name() == "libc6")
        .collect();
    let ecosystems: Vec<_> = of_libc
        .iter()
        .map(|one| one.ecosystem.as_deref().unwrap())
        .collect();
    assert_eq!(ecosystems, ["Debian:11", "Debian:12"]);
    assert!(of_libc.iter().all(|one| one.locations.len() == 1));
}

#[test]
fn without_a_release_packages_have_no_ecosystem_and_that_is_said() {
    let mut components = dpkg("a/");
    components.extend(release("b/", "ID=debian\nVERSION_ID=12\n"));
    let finished = finish(components);
    assert!(ecosystems_of_debs(&finished.components).all(|ecosystem| ecosystem.is_none()));
    assert_eq!(finished.notes.len(), 1);
    assert!(
        finished.notes[0].starts_with("a/var/lib/dpkg/status: no os-release"),
        "{:?}",
        finished.notes
    );
}

#[test]
fn a_release_that_no_ecosystem_covers_is_said() {
    let mut components = dpkg("");
    components.extend(release("", "ID=kali\nVERSION_ID=2024.1\n"));
    let finished = finish(components);
    assert!(
        finished.notes[0].starts_with("kali-2024.1: the OSV schema has no ecosystem"),
        "{:?}",
        finished.notes
    );
    assert!(
        finished
            .components
            .iter()
            .any(|one| one.purl.to_string().starts_with("pkg:deb/kali/libc6@2"))
    );
}

#[test]
fn packages_of_another_family_than_the_system_get_none_of_its_ecosystem() {
    let mut components = dpkg("");
    components.extend(release("", "ID=rocky\nVERSION_ID=9.3\n"));
    let finished = finish(components);
    assert!(ecosystems_of_debs(&finished.components).all(|ecosystem| ecosystem.is_none()));
}

#[test]
fn every_release_is_named_as_the_osv_schema_names_it() {
    for (text, ecosystem) in [
        ("ID=debian\nVERSION_ID=\"12\"", Some("Debian:12")),
        ("ID=debian\nVERSION_CODENAME=trixie", None),
        (
            "ID=ubuntu\nVERSION_ID=23.10\nVERSION=\"23.10 (Mantic Minotaur)\"",
            Some("Ubuntu:23.10"),
        ),
        ("ID=alpine\nVERSION_ID=3.19.1", Some("Alpine:v3.19")),
        ("ID=alpine\nVERSION_ID=3.20_alpha20231219", None),
        ("ID=wolfi\nVERSION_ID=20230201", Some("Wolfi")),
        ("ID=chainguard", Some("Chainguard")),
        ("ID=\"rocky\"\nVERSION_ID=\"9.3\"", Some("Rocky Linux:9")),
        ("ID=\"almalinux\"\nVERSION_ID=\"8.9\"", Some("AlmaLinux:8")),
        (
            "ID=\"rhel\"\nVERSION_ID=\"9.3\"\nCPE_NAME=\"cpe:/o:redhat:enterprise_linux:9::baseos\"",
            Some("Red Hat:enterprise_linux:9::baseos"),
        ),
        (
            "ID=\"sles\"\nPRETTY_NAME=\"SUSE Linux Enterprise Server 15 SP5\"",
            Some("SUSE:Linux Enterprise Server 15 SP5"),
        ),
        (
            "ID=\"opensuse-leap\"\nVERSION_ID=\"15.5\"",
            Some("openSUSE:Leap 15.5"),
        ),
        ("ID=mageia\nVERSION_ID=9", Some("Mageia:9")),
        ("ID=photon\nVERSION_ID=4.0", Some("Photon OS:4.0")),
        ("ID=azurelinux\nVERSION_ID=\"3.0\"", Some("Azure Linux:3")),
        (
            "ID=\"openEuler\"\nVERSION=\"22.03 (LTS-SP3)\"",
            Some("openEuler:22.03-LTS-SP3"),
        ),
        ("ID=fedora\nVERSION_ID=39", None),
    ] {
        let components = release("", text);
        assert_eq!(components[0].ecosystem.as_deref(), ecosystem, "{text}");
        assert!(
            ecosystem.is_none_or(|name| Ecosystem::parse(name).is_ok()),
            "{text}"
        );
    }
}

#[test]
fn a_manifest_gives_way_to_what_maven_recorded_in_the_same_archive() {
    let manifest = |archive: &str| {
        read(
            "java-manifest",
            &format!("{archive}!/META-INF/MANIFEST.MF"),
            b"Implementation-Version: 1.0\n",
        )
        .0
    };
    let mut components = manifest("lib/shop-1.0.jar");
    components.extend(manifest("lib/other-1.0.jar"));
    let recorded = b"groupId=org.acme\nartifactId=shop\nversion=1.0\n";
    let path = "lib/shop-1.0.jar!/META-INF/maven/org.acme/shop/pom.properties";
    components.extend(read("java-pom-properties", path, recorded).0);
    let purls: Vec<String> = finish(components)
        .components
        .iter()
        .map(|one| one.purl.to_string())
        .collect();
    assert_eq!(purls, ["pkg:generic/other@1.0", "pkg:maven/org.acme/shop@1.0"]);
}

fn pom(path: &str, body: &str) -> Vec<Component> {
    let (components, problems) = read("maven-pom", path, format!("<project>{body}</project>").as_bytes());
    assert_eq!(problems, Vec::<String>::new());
    components
}

fn shown(components: Vec<Component>) -> (Vec<String>, Vec<String>) {
    let finished = finish(components);
    let line = |one: &Component| format!("{} {:?} {}", one.purl, one.scope, one.locations[0].path);
    (finished.components.iter().map(line).collect(), finished.notes)
}

const PARENT: &str = "<groupId>org.acme</groupId><artifactId>parent</artifactId><version>${revision}</version>
    <properties><revision>7</revision><netty>4.1</netty><slf>1.7</slf></properties>
    <dependencyManagement><dependencies>
      <dependency><groupId>io.netty</groupId><artifactId>netty-all</artifactId><version>${netty}</version></dependency>
      <dependency><groupId>org.acme</groupId><artifactId>bom</artifactId><version>2</version><type>pom</type><scope>import</scope></dependency>
    </dependencies></dependencyManagement>";

const BOM: &str = "<groupId>org.acme</groupId><artifactId>bom</artifactId><version>2</version>
    <properties><slf>2.0</slf></properties>
    <dependencyManagement><dependencies>
      <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-api</artifactId><version>${slf}</version></dependency>
      <dependency><groupId>io.netty</groupId><artifactId>netty-all</artifactId><version>3</version></dependency>
      <dependency><groupId>junit</groupId><artifactId>junit</artifactId><version>4.13</version><scope>test</scope></dependency>
    </dependencies></dependencyManagement>";

const MODULE: &str = "<parent><groupId>org.acme</groupId><artifactId>parent</artifactId><version>${revision}</version></parent>
    <artifactId>shop</artifactId>
    <properties><netty>4.2</netty></properties>
    <dependencies>
      <dependency><groupId>io.netty</groupId><artifactId>netty-all</artifactId></dependency>
      <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-api</artifactId></dependency>
      <dependency><groupId>junit</groupId><artifactId>junit</artifactId></dependency>
      <dependency><groupId>${project.groupId}</groupId><artifactId>sibling</artifactId><version>${project.version}</version></dependency>
    </dependencies>";

const SIBLING: &str = "<parent><groupId>org.acme</groupId><artifactId>parent</artifactId><version>${revision}</version></parent>
    <artifactId>sibling</artifactId>";

#[test]
fn versions_of_maven_come_from_parents_and_imported_lists_and_own_projects_are_no_components() {
    let mut components = pom("pom.xml", PARENT);
    components.extend(pom("build/bom/pom.xml", BOM));
    components.extend(pom("shop/pom.xml", MODULE));
    components.extend(pom("sibling/pom.xml", SIBLING));
    let (found, notes) = shown(components);
    assert_eq!(notes, Vec::<String>::new());
    assert_eq!(
        found,
        [
            "pkg:maven/io.netty/netty-all@4.2 Runtime shop/pom.xml",
            "pkg:maven/junit/junit@4.13 Development shop/pom.xml",
            "pkg:maven/org.slf4j/slf4j-api@2.0 Runtime shop/pom.xml",
        ]
    );
}

#[test]
fn versions_of_maven_that_no_file_of_the_target_has_are_said_with_where_they_stand() {
    let (found, notes) = shown(pom("shop/pom.xml", MODULE));
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(
        notes.len() == 1 && notes[0].contains("org.acme:parent:${revision}, which the target does not have"),
        "{notes:?}"
    );
}

#[test]
fn projects_of_maven_that_inherit_and_import_in_circles_come_to_an_end() {
    let mut components = Vec::new();
    for number in 0..60 {
        let imports: String = (0..60)
            .map(|other| {
                format!(
                    "<dependency><groupId>g</groupId><artifactId>a{other}</artifactId><version>1</version><type>pom</type>\
                     <scope>import</scope></dependency>"
                )
            })
            .collect();
        let body = format!(
            "<parent><groupId>g</groupId><artifactId>a{}</artifactId><version>1</version></parent><artifactId>a{number}</artifactId>\
             <dependencyManagement><dependencies>{imports}</dependencies></dependencyManagement>\
             <dependencies><dependency><groupId>x</groupId><artifactId>y</artifactId></dependency></dependencies>",
            (number + 1) % 60
        );
        components.extend(pom(&format!("{number}/pom.xml"), &body));
    }
    let (found, notes) = shown(components);
    assert_eq!(found.len(), 1);
    assert!(
        notes.iter().any(|note| note.contains("not all were looked at")),
        "{notes:?}"
    );
}

const SUMS: &str =
    "example.org/a v1.0.0 h1:AAAA=\nexample.org/b v1.2.0 h1:AAAA=\nexample.org/b v1.1.0 h1:AAAA=\n";

fn go(version: &str) -> Vec<String> {
    let module = format!("module example.org/shop\n{version}\nrequire example.org/a v1.0.0\n");
    let mut components = read("go-mod", "shop/go.mod", module.as_bytes()).0;
    components.extend(read("go-sum", "shop/go.sum", SUMS.as_bytes()).0);
    components.extend(read("go-sum", "other/go.sum", SUMS.as_bytes()).0);
    shown(components).0
}

#[test]
fn sums_of_go_count_only_beside_a_module_file_that_does_not_list_everything() {
    let listed = "pkg:golang/example.org/a@v1.0.0 Unknown shop/go.mod";
    assert_eq!(go("go 1.17"), [listed]);
    let summed = "pkg:golang/example.org/b@v1.2.0 Unknown shop/go.sum";
    assert_eq!(go("go 1.16"), [listed, summed]);
    assert_eq!(go(""), [listed, summed]);
}
