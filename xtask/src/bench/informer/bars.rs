//! Prints the medians, and how they stand to what is asked of the runtime.

use super::{Mode, Side, runs::Medians};

/// The figures, each by the names that the clients give it.
const FIGURES: [(&str, &[&str]); 25] = [
    ("first list, CPU s", &["sync_cpu_s"]),
    ("first list, s", &["sync_s"]),
    ("an event, CPU µs", &["us_cpu_per_event"]),
    ("events a second", &["events_per_s"]),
    ("RSS after the list, MB", &["sync_rss_mb", "sync_rss_freed_mb"]),
    ("peak until then, MB", &["sync_peak_mb", "sync_hwm_mb"]),
    ("RSS after the burst, MB", &["burst_rss_mb", "burst_rss_freed_mb"]),
    ("RSS before, MB", &["base_rss_mb", "rss_base_mb"]),
    // The peers have one way of looking up a key; ours lends the object, or hands it out.
    ("look-ups by key a second", &["view_by_key_ps", "get_by_key_ps"]),
    ("look-ups by two threads", &["view_by_key_2thr_ps", "get_by_key_2thr_ps"]),
    ("handed out by key a second", &["get_by_key_ps"]),
    ("handed out by two threads", &["get_by_key_2thr_ps"]),
    ("namespace lists a second", &["index_ns_lookups_ps"]),
    ("index look-ups a second", &["index_custom_lookups_ps"]),
    ("whole lists a second", &["list_all_ps"]),
    ("a get with its decoding, µs", &["get_decoded_us"]),
    ("others wait at the list, ms", &["sync_wait_ms"]),
    ("others wait at a relist, ms", &["relist_wait_ms"]),
    ("controller, first pass, CPU s", &["ctrl_first_pass_cpu_s"]),
    ("controller, an event, CPU µs", &["ctrl_burst_cpu_us_per_event"]),
    ("controller, turns a second", &["ctrl_burst_reconciles_ps"]),
    ("queue, one task, items a second", &["q_single_cycle_ps"]),
    ("queue, the same item again", &["q_dedupe_add_ps"]),
    ("queue, one worker", &["q_1w_ps"]),
    ("queue, two workers", &["q_2w_ps"]),
];

/// Prints a table: a figure a line, a client a column, then ours beside the peers.
pub(super) fn print(objects: usize, medians: &Medians) {
    println!("\n{objects} objects");
    println!(
        "{:32} {:>11} {:>11} {:>11} {:>11} {:>8} {:>8}",
        "", "ours", "compact", "kube-rs", "client-go", "/kube-rs", "/go"
    );
    for (title, names) in FIGURES {
        let figure = |mode: Mode, client: Side| {
            let figures = medians.get(&(mode, client))?;
            names.iter().find_map(|name| figures.get(*name).copied())
        };
        let modes = [Mode::Typed, Mode::Control, Mode::Queue];
        let of = |client| modes.into_iter().find_map(|mode| figure(mode, client));
        let (ours, compact) = (of(Side::Ours), figure(Mode::Compact, Side::Ours));
        let (kube_rs, client_go) = (of(Side::KubeRs), of(Side::ClientGo));
        let ratio = |peer: Option<f64>| Some(ours? / peer?);
        println!(
            "{title:32} {:>11} {:>11} {:>11} {:>11} {:>8} {:>8}",
            shown(ours),
            shown(compact),
            shown(kube_rs),
            shown(client_go),
            shown(ratio(kube_rs)),
            shown(ratio(client_go))
        );
    }
}

fn shown(figure: Option<f64>) -> String {
    match figure {
        None => "-".to_owned(),
        Some(figure) if figure >= 1e4 => format!("{figure:.0}"),
        Some(figure) if figure >= 10.0 => format!("{figure:.1}"),
        Some(figure) => format!("{figure:.3}"),
    }
}
