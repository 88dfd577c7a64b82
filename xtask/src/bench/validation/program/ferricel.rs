//! Measures rules with ferricel, which compiles each to WebAssembly, and that to machine code.
//!
//! Standard input and output are those of `rules`; the argument is the seconds of each measurement. ferricel takes the values as
//! JSON text.

use std::{
    error::Error,
    hint::black_box,
    panic::{self, AssertUnwindSafe},
    time::Duration,
};

use ferricel_core::{compiler, runtime};
use nix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let seconds: f64 = std::env::args().nth(1).ok_or("SECONDS")?.parse()?;
    panic::set_hook(Box::new(|_| ()));
    for line in std::io::stdin().lines() {
        let line: Value = serde_json::from_str(&line?)?;
        let measured = panic::catch_unwind(AssertUnwindSafe(|| measure(&line, seconds)));
        let answer = match measured {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => json!({"error": error.to_string()}),
            Err(_) => json!({"error": "panic"}),
        };
        println!("{answer}");
    }
    Ok(())
}

fn measure(line: &Value, seconds: f64) -> Result<Value, Box<dyn Error>> {
    let rule = line["schema"]["x-kubernetes-validations"][0]["rule"].as_str().unwrap_or_default();
    let started = cpu();
    let wasm = compiler::Builder::new().build().compile(rule).map_err(|error| format!("compile: {error:#}"))?;
    let engine = runtime::Builder::new().with_wasm(wasm).build()?;
    let compile = (cpu() - started).as_secs_f64() * 1e9;
    let bindings = json!({"self": line["value"]}).to_string();
    let answer = engine.eval(Some(&bindings)).map_err(|error| format!("evaluate: {error:#}"))?;
    if answer != "true" {
        return Err(format!("answer: {answer}").into());
    }
    let (started, mut runs) = (cpu(), 0_u32);
    while runs == 0 || cpu() - started < Duration::from_secs_f64(seconds) {
        black_box(engine.eval(Some(black_box(&bindings)))).map_err(|error| error.to_string())?;
        runs += 1;
    }
    Ok(json!({"compile": compile, "evaluate": (cpu() - started).as_secs_f64() * 1e9 / f64::from(runs)}))
}

/// The time that the processor has worked for this program.
fn cpu() -> Duration {
    clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).map(Duration::from).unwrap_or_default()
}
