//! One scan, from the command line to a finished report.
//!
//! In: targets and options. Out: [`Done`]: the report with waivers, baseline and verdict applied, and what the verbs
//! that look after waivers and baselines need besides.

mod cache;
mod deploy;
mod image;
mod judged;
mod narrowed;
mod observed;
mod pulled;
mod quality;
mod remediation;
mod root;
mod rules;
mod several;
mod source;
mod sparing;
mod supply;

pub(crate) use deploy::editors;
pub(crate) use judged::{read_baseline, waiver_file};
pub(crate) use rules::{Loaded, load_rules, matchers};
pub(crate) use source::options as source_options;

use crate::args::{Common, ScanArgs, SelectArgs, Stage};
use crate::error::Error;
use crate::interrupt;
use crate::place;
use crate::progress::Bar;
use crate::staged::Staged;
use crate::terminal::Terminal;
use bartizan_code::leak::{GenericMode, LeakCheck, LeakOptions};
use bartizan_code::sast::{ForeignCheck, OwnCode};
use bartizan_deploy::ComponentsCheck;
use bartizan_engine::config::{Config, Layers, Value};
use bartizan_engine::rule::Enabled;
use bartizan_engine::system::{Machine, System};
use bartizan_engine::waiver::{FileWaiver, InlineWaivers};
use bartizan_engine::{Check, RunOptions};
use bartizan_model::{Report, RuleInfo, SecretKey, Target};
use bartizan_report::GroupBy;
use bartizan_supply::catalog::{Bills, InventoryCheck};
use bartizan_supply::image::checks::ConfigurationCheck;
use bartizan_supply::image::minimal::{ContentsCheck, Noted};
use bartizan_supply::packaged::{Packaged, PackagedCheck};
use bartizan_supply::tampering::{Options, Own, TamperingCheck};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

/// What a verb wants to be scanned.
pub(crate) struct Request<'a> {
    pub(crate) common: &'a Common,
    pub(crate) scan: &'a ScanArgs,
    /// The gate that asks, if one does.
    pub(crate) stage: Option<Stage>,
    /// Whether components are listed.
    pub(crate) inventory: Inventory,
    /// Looked at in place of what the target holds: a file of it as an editor has it.
    pub(crate) unsaved: Option<&'a Unsaved>,
    pub(crate) terminal: Terminal,
}

/// A file as it is before it is written.
#[derive(Debug)]
pub(crate) struct Unsaved {
    /// Relative to the target, with `/`.
    pub(crate) path: String,
    pub(crate) bytes: Arc<[u8]>,
}

/// Whether a scan lists the components of the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inventory {
    /// It does not.
    No,
    /// It does, besides looking for problems.
    Also,
    /// It does nothing else.
    Only,
}

/// What a scan came to.
pub(crate) struct Done {
    pub(crate) report: Report,
    /// Manuals of the rules in force, by id; none when nothing was found.
    pub(crate) rules: BTreeMap<String, RuleInfo>,
    pub(crate) config: Config,
    pub(crate) terminal: Terminal,
    /// What is listed for people.
    pub(crate) group_by: GroupBy,
    /// The rules in force.
    pub(crate) enabled: Enabled,
    /// The rules about source code that are in force, where any is.
    pub(crate) analysis: Option<Enabled>,
    /// What people know about source code besides what is built in.
    pub(crate) known: OwnCode,
    /// For each entry of the waiver file: how many findings it covers.
    pub(crate) waivers_used: Vec<usize>,
    /// For each entry of the waiver file: the rule of the finding that speaks of it.
    pub(crate) waiver_faults: Vec<Option<&'static str>>,
}

/// Where a scan takes place.
pub(crate) struct Place {
    /// Absolute current directory.
    pub(crate) current: PathBuf,
    /// Absolute directory of the target.
    pub(crate) start: PathBuf,
}

/// Judges what only the tree of a whole system tells.
fn judge_root(
    request: &Request<'_>,
    source: &dyn bartizan_source::Source,
    selection: &rules::Selection,
    outcome: &mut bartizan_engine::Outcome,
) {
    if selection.family("image")
        && request.inventory != Inventory::Only
        && let Some(tree) = source.root()
    {
        root::judge(&tree, selection, outcome);
    }
}

/// Says where results could not be kept.
fn warn_of_cache(outcome: &bartizan_engine::Outcome, terminal: Terminal) {
    if let Some(error) = &outcome.cache_error {
        terminal.warn(format_args!(
            "the result cache could not be written: {error}; the next scan will be slower"
        ));
    }
}

/// Scans, applies waivers and baseline, and judges.
pub(crate) fn run(request: &Request<'_>) -> Result<Done, Error> {
    let began = Instant::now();
    let started = Machine.now();
    let place = place_of(request)?;
    let system = system_of(request, &place)?;
    let system = system.as_ref();
    let config = configure(system, request, &place)?;
    let terminal = terminal_of(request, &config);
    let mut loaded = load_rules(system, &config.paths("rules.files"), terminal)?;
    let libraries = crate::foreign::libraries(system, &config.paths("code.models"))?;
    let own = crate::policies::load(system, &config.paths("deploy.policies"))?;
    let selection = rules::Selection::of(&config, &loaded, &own.ids)?;
    let known = OwnCode {
        rules: std::mem::take(&mut loaded.own),
        libraries,
    };
    let baseline = judged::baseline(system, &config, &request.scan.judge, &place)?;
    let entries = waivers(system, &config, request, &place)?;

    let statements = supply::statements(system, &config, &place)?;
    let watched = observed::Watched::read(&config, request, terminal)?;
    let source = source::open(request, &config, &place)?;
    let (source, rendering) = source::rendered(source, request, (&config, &place), &selection)?;
    let supply = if request.inventory == Inventory::Only {
        None
    } else {
        supply::Supply::open(&config, &selection, &source.target(), started)
    };
    let mut checks = checks(
        request,
        &config,
        &place,
        (loaded, &known, own),
        &selection,
        supply.as_ref(),
    )?;
    let noted = note_contents(request, &selection, &watched, &mut checks);
    let packaged = note_packaged(request, &selection, &mut checks);
    let mut checks = match &rendering {
        Some(rendering) => rendering.wrap(checks),
        None => checks,
    };
    let flag = interrupt::install(reads_stdin(request));
    let mut targets = request.scan.targets.iter();
    let is_image = targets.any(|target| place::is_image(target));
    let bar = Bar::new(if is_image { "parts of the image" } else { "files" });
    let options = RunOptions {
        jobs: usize::try_from(config.number("scan.jobs")).unwrap_or(0),
        cache: cache::options(request, &config, &place),
        identify: packaged.is_some(),
        interrupt: flag,
        progress: if terminal.progress {
            &bar
        } else {
            &bartizan_engine::Silent
        },
    };
    let target = with_provenance(source.target(), &place);
    let outcome = bartizan_engine::run(source.as_ref(), &checks, &options);
    bar.finish();
    let mut outcome = outcome?;
    checks.extend(quality::measure_range(
        request,
        (&config, &place),
        &selection,
        &options,
        &mut outcome,
    )?);
    if outcome.interrupted {
        return Err(Error::interrupted());
    }
    source::nothing_there(request, &outcome)?;
    if let Some(rendering) = &rendering {
        rendering.relocate(&mut outcome.findings);
    }
    let made = image::Made::of(source.as_ref(), system, &config, noted)?;
    let made = made.map(|made| told(made, &config, &selection, &outcome, terminal));
    if let Some(made) = &made {
        made.leave_what_is_seen(&mut outcome.components);
    }
    if let Some(packaged) = packaged {
        packaged.lower(&mut outcome.findings, &outcome.contents);
    }
    supply::finish_inventory(&mut outcome);
    let remedies = supply
        .as_ref()
        .map(|supply| supply.judge(&selection, &mut outcome))
        .unwrap_or_default();
    if let Some(made) = &made {
        let observed = watched.of(made, &mut outcome)?;
        made.judge(&selection, observed.as_ref(), &mut outcome);
    }
    judge_root(request, source.as_ref(), &selection, &mut outcome);
    warn_of_cache(&outcome, terminal);

    let scanned = judged::Scanned {
        request,
        place: &place,
        config: &config,
        target,
        started,
        began,
        checks: &checks,
        terminal,
    };
    let found = judged::Found {
        outcome,
        remedies,
        statements,
    };
    let judged = judged::judge(&scanned, found, &selection, entries, baseline)?;
    Ok(Done {
        rules: manuals(&judged.report, &checks),
        report: judged.report,
        config,
        terminal,
        group_by: grouping(request),
        enabled: selection.enabled(),
        analysis: selection.analysis(),
        known,
        waivers_used: judged.used,
        waiver_faults: judged.faults,
    })
}

/// Adds the check of what an image carries, where one is looked at and a rule asks for it. What it notes is returned.
fn note_contents(
    request: &Request<'_>,
    selection: &rules::Selection,
    watched: &observed::Watched,
    checks: &mut Vec<Box<dyn Check>>,
) -> Noted {
    let noted = Noted::default();
    let rules = [
        "image/unneeded-packages",
        "image/unneeded-tools",
        "image/untouched-packages",
    ];
    let asks = rules.iter().any(|rule| selection.in_force.contains(*rule)) || !watched.is_empty();
    let mut targets = request.scan.targets.iter();
    if request.inventory == Inventory::Only || !asks || !targets.any(|target| place::is_image(target)) {
        return noted;
    }
    let is_listed = checks.iter().any(|check| check.meta().id == InventoryCheck::ID);
    if !is_listed {
        checks.insert(0, Box::new(InventoryCheck::new(Bills::None, false)));
    }
    checks.push(Box::new(ContentsCheck::new(noted.clone())));
    noted
}

/// Adds the check of what packages of a distribution brought, where a build is searched for credentials.
fn note_packaged(
    request: &Request<'_>,
    selection: &rules::Selection,
    checks: &mut Vec<Box<dyn Check>>,
) -> Option<Packaged> {
    let is_built = matches!(request.scan.targets.as_slice(), [one] if place::is_built(one));
    if request.inventory == Inventory::Only || !is_built || !selection.family("leak") {
        return None;
    }
    let packaged = Packaged::default();
    checks.push(Box::new(PackagedCheck::new(packaged.clone())));
    Some(packaged)
}

/// The image that was read, with the steps of its making shown as far as they hold no credential.
fn told(
    made: image::Made,
    config: &Config,
    selection: &rules::Selection,
    outcome: &bartizan_engine::Outcome,
    terminal: Terminal,
) -> image::Made {
    let file = config.text("image.dockerfile");
    if made.is_dockerfile_of_another(!file.is_empty()) {
        terminal.warn(format_args!(
            "`{file}` does not fit the history of the image, so no lines of it are named"
        ));
    }
    let is_searched = selection.enabled().is_all()
        && outcome
            .checks
            .iter()
            .any(|run| run.check == "leak/credentials" && run.status.is_complete())
        && config.text("leak.generic") != "off"
        && config.list("leak.allow-paths").is_empty()
        && config.list("scan.exclude").is_empty();
    made.show_harmless_steps(&outcome.findings, is_searched)
}

/// Where the request takes place.
fn place_of(request: &Request<'_>) -> Result<Place, Error> {
    let current = place::current()?;
    let select = &request.scan.select;
    let start = match request.scan.targets.as_slice() {
        [one] if select.staged => {
            let directory = place::start_of(one, &current);
            bartizan_engine::config::repository_root(&Machine, &directory).unwrap_or(directory)
        }
        [one] => place::start_of(one, &current),
        _ => std::fs::canonicalize(&current).unwrap_or_else(|_| current.clone()),
    };
    Ok(Place { current, start })
}

/// What the settings, waivers, rules and baseline are read from.
fn system_of(request: &Request<'_>, place: &Place) -> Result<Box<dyn System>, Error> {
    let is_staged = match request.scan.targets.as_slice() {
        [one] => one == "git:STAGED" || request.scan.select.staged,
        _ => false,
    };
    Ok(if is_staged {
        Box::new(Staged::open(&place.start)?)
    } else {
        Box::new(Machine)
    })
}

/// The settings of the request.
fn configure(system: &dyn System, request: &Request<'_>, place: &Place) -> Result<Config, Error> {
    let mut flags = common_flags(request.common);
    let (select, judge) = (&request.scan.select, &request.scan.judge);
    flags.extend(select_flags(select));
    let mut list = |key, flag, items: &[String]| {
        if !items.is_empty() {
            flags.push((key, flag, Value::List(items.to_vec())));
        }
    };
    list("scan.only", "--only", &judge.only);
    list("scan.skip", "--skip", &judge.skip);
    let texts = |files: &[PathBuf]| -> Vec<String> {
        let files = files.iter();
        files.map(|file| file.to_string_lossy().into_owned()).collect()
    };
    list("rules.files", "--rules", &texts(&judge.rules));
    list("supply.vex", "--vex", &texts(&judge.vex));
    list("image.profiles", "--profile", &texts(&judge.profile));
    list("deploy.policies", "--policy", &texts(&judge.policy));
    list("deploy.values", "--values", &texts(&judge.values));
    list("quality.coverage", "--coverage", &texts(&judge.coverage));
    if let Some(word) = &judge.fail_on {
        flags.push(("scan.fail-on", "--fail-on", Value::Text(word.clone())));
    }
    if let Some(standard) = &judge.pod_security {
        flags.push((
            "deploy.pod-security",
            "--pod-security",
            Value::Text(standard.clone()),
        ));
    }
    load_config_by(system, request.common, place, flags)
}

fn select_flags(select: &SelectArgs) -> Vec<(&'static str, &'static str, Value)> {
    let mut flags = Vec::new();
    if !select.exclude.is_empty() {
        flags.push(("scan.exclude", "--exclude", Value::List(select.exclude.clone())));
    }
    if select.no_gitignore {
        flags.push(("scan.respect-gitignore", "--no-gitignore", Value::Flag(false)));
    }
    if let Some(file) = &select.dockerfile {
        let file = Value::Text(file.to_string_lossy().into_owned());
        flags.push(("image.dockerfile", "--dockerfile", file));
    }
    if let Some(jobs) = select.jobs {
        flags.push(("scan.jobs", "--jobs", Value::Number(jobs)));
    }
    if select.no_cache {
        flags.push(("data.cache", "--no-cache", Value::Flag(false)));
    }
    flags
}

/// The settings that the flags of every verb make.
pub(crate) fn common_flags(common: &Common) -> Vec<(&'static str, &'static str, Value)> {
    let mut flags = Vec::new();
    if let Some(color) = common.color {
        flags.push(("output.color", "--color", Value::Text(color.as_str().to_owned())));
    }
    if let Some(directory) = &common.data_dir {
        flags.push((
            "data.dir",
            "--data-dir",
            Value::Text(directory.to_string_lossy().into_owned()),
        ));
    }
    flags
}

/// The settings for a place, from the files as they are on disk.
pub(crate) fn load_config(
    common: &Common,
    place: &Place,
    flags: Vec<(&'static str, &'static str, Value)>,
) -> Result<Config, Error> {
    load_config_by(&Machine, common, place, flags)
}

fn load_config_by(
    system: &dyn System,
    common: &Common,
    place: &Place,
    flags: Vec<(&'static str, &'static str, Value)>,
) -> Result<Config, Error> {
    let layers = Layers {
        start: &place.start,
        current: &place.current,
        file: common.config.as_ref().map(|file| place.current.join(file)),
        isolated: common.isolated,
        flags,
    };
    Ok(Config::load(system, layers)?)
}

/// A target that git has a commit of, with where that comes from.
fn with_provenance(target: Target, place: &Place) -> Target {
    if target.commit.is_none() {
        return target;
    }
    let from = bartizan_source::provenance(&place.start);
    Target {
        repository: from.repository,
        branch: from.branch,
        ..target
    }
}

fn terminal_of(request: &Request<'_>, config: &Config) -> Terminal {
    request.terminal.with_setting(config.text("output.color"))
}

fn checks(
    request: &Request<'_>,
    config: &Config,
    place: &Place,
    (loaded, known, own): (Loaded, &OwnCode, crate::policies::Own),
    selection: &rules::Selection,
    supply: Option<&supply::Supply>,
) -> Result<Vec<Box<dyn Check>>, Error> {
    let mut checks: Vec<Box<dyn Check>> = Vec::new();
    if request.inventory != Inventory::No || supply.is_some() {
        let mut targets = request.scan.targets.iter();
        let bills = if targets.any(|target| place::bill(target).is_some()) {
            Bills::Beginning(place::BILL)
        } else {
            Bills::None
        };
        // Where only findings are asked for, an inventory with gaps is told and decides nothing, unless the settings
        // demand that everything be matched.
        let required = request.inventory != Inventory::No || supply.is_some_and(supply::Supply::is_required);
        checks.push(Box::new(InventoryCheck::new(bills, required)));
    }
    if request.inventory == Inventory::Only {
        return Ok(checks);
    }
    if selection.family("leak") {
        let options = LeakOptions {
            generic: match config.text("leak.generic") {
                "off" => GenericMode::Off,
                "block" => GenericMode::Block,
                _ => GenericMode::Advise,
            },
            secret_key: secret_key(config)?,
            more_rules: matchers(&loaded.rules),
            enabled: selection.enabled(),
        };
        checks.push(sparing::leak(Box::new(LeakCheck::new(options)), config, place)?);
    }
    if let Some(supply) = supply {
        checks.push(supply.check());
        checks.push(tampering(request, config, selection, supply)?);
    }
    let is_image = request.scan.targets.iter().any(|target| place::is_image(target));
    let mut targets = request.scan.targets.iter();
    // What was once deployed, and what an image carries, is not what is deployed.
    let is_elsewhere = targets.any(|target| {
        let is_past = target.starts_with("git:") && target != "git:STAGED";
        is_past || place::is_image(target) || place::is_built(target)
    });
    if !is_elsewhere && let Some(supply) = supply {
        checks.push(Box::new(ComponentsCheck::new(supply.is_required())));
    }
    if !is_elsewhere {
        checks.extend(deploy::source_code(config, selection.analysis(), known));
    }
    let foreign = ForeignCheck::new(
        loaded.code,
        &selection.enabled(),
        config.flag("code.require-reading"),
    );
    checks.extend(foreign.map(|check| -> Box<dyn Check> { Box::new(check) }));
    if !is_elsewhere && request.unsaved.is_none() && selection.family("quality") {
        checks.push(quality::check(request, config, place, selection.enabled())?);
    }
    if !is_elsewhere && selection.family("ci") {
        checks.push(deploy::ci(selection.enabled()));
    }
    if !is_elsewhere && selection.family("deploy") {
        let mut targets = request.scan.targets.iter();
        let seen = deploy::Seen {
            complete: is_complete(request),
            recorded: targets.any(|target| place::is_recorded(target)),
        };
        checks.extend(deploy::checks(config, &selection.enabled(), seen)?);
        let own = own.check(selection.enabled());
        checks.extend(own.map(|check| -> Box<dyn Check> { Box::new(check) }));
    }
    if is_image && selection.family("image") {
        checks.push(Box::new(ConfigurationCheck::new()));
    }
    let is_root = matches!(request.scan.targets.as_slice(), [one] if place::is_built(one)) && !is_image;
    if is_root && selection.family("image") {
        checks.push(Box::new(ConfigurationCheck::of_files()));
        checks.push(Box::new(ConfigurationCheck::of_nothing()));
    }
    checks.push(Box::new(InlineWaivers::default()));
    Ok(checks)
}

/// Whether every file of the target is looked at, so that what is not seen is not there.
fn is_complete(request: &Request<'_>) -> bool {
    let select = &request.scan.select;
    let staged = request.scan.targets.iter().any(|target| target == "git:STAGED");
    !select.staged && select.changed.is_none() && !staged && request.unsaved.is_none()
}

/// The check of where packages come from. Where only some files are looked at, what was not seen may be there.
fn tampering(
    request: &Request<'_>,
    config: &Config,
    selection: &rules::Selection,
    supply: &supply::Supply,
) -> Result<Box<dyn Check>, Error> {
    let own = Own::new(|kind| config.list(&format!("supply.own.{kind}")))?;
    Ok(Box::new(TamperingCheck::new(Options {
        own,
        complete: is_complete(request),
        enabled: selection.enabled(),
        required: supply.is_required(),
    })))
}

fn secret_key(config: &Config) -> Result<SecretKey, Error> {
    let Some(file) = config.path("leak.fingerprint-key-file") else {
        return Ok(SecretKey::default());
    };
    let bytes = std::fs::read(&file).map_err(|error| Error::reading(&file, &error))?;
    if bytes.is_empty() {
        return Err(Error::usage(
            format!("the fingerprint key `{}` is empty", file.display()),
            "fill it with random bytes, for instance `head -c 32 /dev/urandom > FILE`",
        ));
    }
    Ok(SecretKey::derive(&bytes))
}

fn reads_stdin(request: &Request<'_>) -> bool {
    let mut targets = request.scan.targets.iter();
    targets.any(|target| place::bill(target).unwrap_or(target) == "-")
}

/// Waivers of the file; none for an inventory, which has no findings that they could speak of.
fn waivers(
    system: &dyn System,
    config: &Config,
    request: &Request<'_>,
    place: &Place,
) -> Result<Vec<FileWaiver>, Error> {
    if request.inventory == Inventory::Only {
        return Ok(Vec::new());
    }
    waiver_file(system, config, request.common, place)
}

fn grouping(request: &Request<'_>) -> GroupBy {
    match request.scan.output.group_by.as_deref() {
        Some("fix") => GroupBy::Fix,
        _ => GroupBy::Finding,
    }
}

/// Manuals of every rule of the checks. They are large: they are unpacked only when there is a finding to explain.
fn manuals(report: &Report, checks: &[Box<dyn Check>]) -> BTreeMap<String, RuleInfo> {
    if report.findings.is_empty() {
        return BTreeMap::new();
    }
    checks
        .iter()
        .flat_map(|check| check.rules())
        .map(|rule| (rule.id.clone(), rule))
        .collect()
}
