//! One event in, the next rollout out.

use super::types::{
    Code, Consequence, Decision, Effect, Event, Halt, Kind, Outcome, Refusal, Rollout, State, Wave,
    WaveState, World,
};
use jiff::{SignedDuration, Timestamp};

/// May an order of this wave be handed to its site now?
pub fn may_order(rollout: &Rollout, wave: u32) -> bool {
    matches!(rollout.state, State::Running | State::Soaking) && wave >= 1 && wave <= rollout.wave
}

/// Decides an event. Total: an order of a person that does not fit is a refusal.
pub fn step(rollout: &Rollout, event: &Event, world: &World) -> Result<Decision, Refusal> {
    let mut next = rollout.clone();
    let mut effects = Vec::new();
    match event {
        Event::Tick => {}
        Event::Reported { wave, from, to } => {
            // What is reported after the end is still counted: it is a fact about the site.
            wave_of(&mut next, *wave)?.count(*from, Some(*to));
        }
        Event::Silence { wave, silent } => {
            let found = wave_of(&mut next, *wave)?;
            found.silent = (*silent).min(found.open());
        }
        Event::End => {
            if !rollout.is_over() {
                next.state = State::Ended;
                effects.push(Effect::Withhold);
            }
            return Ok(Decision { rollout: next, effects });
        }
        other => order(&mut next, other, &mut effects)?,
    }
    effects.extend(settle(&mut next, world, matches!(event, Event::Skip { .. })));
    Ok(Decision { rollout: next, effects })
}

fn wave_of(rollout: &mut Rollout, number: u32) -> Result<&mut Wave, Refusal> {
    let index = number.checked_sub(1).ok_or(Refusal::UnknownWave)?;
    rollout.waves.get_mut(index as usize).ok_or(Refusal::UnknownWave)
}

/// What a person orders.
fn order(next: &mut Rollout, event: &Event, effects: &mut Vec<Effect>) -> Result<(), Refusal> {
    // A way back is possible after the end: that is when most are needed.
    if *event == Event::RollBack {
        if !next.is_over() {
            stand(next, State::Held, Code::RolledBack, effects);
        }
        return Ok(());
    }
    if next.is_over() {
        return Err(Refusal::Over);
    }
    let stands = matches!(next.state, State::Held | State::Halted);
    match event {
        Event::Hold if next.code == Some(Code::Release) => next.code = Some(Code::Held),
        Event::Hold if next.state == State::Held => return Err(Refusal::Stands),
        Event::Hold => stand(next, State::Held, Code::Held, effects),
        Event::Resume if !stands => return Err(Refusal::Moves),
        Event::Resume if next.code == Some(Code::RolledBack) => return Err(Refusal::MustLift),
        Event::Resume if next.code == Some(Code::Release) => return Err(Refusal::ReleaseHeld),
        Event::Resume => go_on(next, effects),
        Event::Lift if next.code != Some(Code::RolledBack) => return Err(Refusal::NothingToLift),
        Event::Lift => go_on(next, effects),
        Event::Skip { from: Some(Outcome::Installed), .. } => return Err(Refusal::Installed),
        Event::Skip { wave, from } => wave_of(next, *wave)?.count(*from, Some(Outcome::Skipped)),
        Event::Retry { wave, from, ordered } => {
            if *wave > next.wave {
                return Err(Refusal::NotBegun);
            }
            let silent = next.current().is_some_and(|it| it.silent > 0);
            match from {
                Some(Outcome::Installed) => return Err(Refusal::Installed),
                None if *ordered && !silent => return Err(Refusal::NotFailed),
                _ => {}
            }
            let found = wave_of(next, *wave)?;
            found.count(*from, None);
            // A site that is tried again is waited for again.
            found.silent = found.silent.saturating_sub(u32::from(from.is_none() && *ordered));
            if found.state != WaveState::Waiting {
                found.state = WaveState::Running;
                found.through_at = None;
            }
            effects.push(Effect::OrderAgain);
        }
        Event::Tick
        | Event::Reported { .. }
        | Event::Silence { .. }
        | Event::RollBack
        | Event::End => {}
    }
    Ok(())
}

fn stand(rollout: &mut Rollout, state: State, code: Code, effects: &mut Vec<Effect>) {
    if matches!(rollout.state, State::Running | State::Soaking) {
        effects.push(Effect::Withhold);
    }
    rollout.state = state;
    rollout.code = Some(code);
}

/// What went wrong until now was seen and does not halt again; what comes on top does.
fn go_on(rollout: &mut Rollout, effects: &mut Vec<Effect>) {
    let kind = rollout.kind;
    for wave in &mut rollout.waves {
        wave.passed_failed = wave.harmed(kind);
        wave.passed_silent = wave.silent;
    }
    rollout.state = State::Running;
    rollout.code = None;
    effects.push(Effect::Offer);
}

/// Brings a rollout to rest: halts it, starts the wave whose turn it is, or finishes it. What went
/// wrong at the very last site is still looked at by a person: with `left_out` one has just left a
/// site out, knowing what went wrong elsewhere.
fn settle(rollout: &mut Rollout, world: &World, left_out: bool) -> Vec<Effect> {
    let mut effects = Vec::new();
    if rollout.is_over() {
        return effects;
    }
    let kind = rollout.kind;
    for wave in &mut rollout.waves {
        wave.passed_failed = wave.passed_failed.min(wave.harmed(kind));
        wave.silent = wave.silent.min(wave.open());
        wave.passed_silent = wave.passed_silent.min(wave.silent);
    }
    // Where every site has what it was to have, there is nothing left to stand still.
    let answered = rollout.waves.iter().all(|it| it.open() == 0 && it.failed == 0);
    let seen = left_out || rollout.code == Some(Code::RolledBack) || halt(rollout).is_none();
    if answered && seen {
        for wave in &mut rollout.waves {
            wave.state = WaveState::Done;
            wave.through_at.get_or_insert(world.now);
        }
        rollout.state = State::Finished;
        rollout.code = None;
        effects.push(Effect::Finish);
        return effects;
    }
    if !world.held && rollout.code == Some(Code::Release) {
        rollout.state = State::Running;
        rollout.code = None;
        effects.push(Effect::Offer);
    }
    if matches!(rollout.state, State::Halted | State::Held) {
        return effects;
    }
    if world.held {
        stand(rollout, State::Held, Code::Release, &mut effects);
        return effects;
    }
    if let Some(halt) = halt(rollout) {
        stand(rollout, State::Halted, halt.code, &mut effects);
        return effects;
    }
    let earlier = rollout.wave.saturating_sub(1) as usize;
    for wave in rollout.waves.iter_mut().take(earlier).filter(|it| it.is_through()) {
        wave.state = WaveState::Done;
        wave.through_at.get_or_insert(world.now);
    }
    // Each turn starts one wave, so their number bounds the turns.
    for _ in 0..=rollout.waves.len() {
        if !current_is_over(rollout, world.now) {
            break;
        }
        let started = rollout.wave as usize;
        // A site of an earlier wave that is tried again is waited for as well.
        let behind = rollout.waves.iter().take(started).any(|it| !it.is_through());
        if started >= rollout.waves.len() || !world.open || behind {
            break;
        }
        rollout.wave += 1;
        let wave = &mut rollout.waves[started];
        wave.state = WaveState::Running;
        wave.started_at = Some(world.now);
        rollout.state = State::Running;
        effects.push(Effect::StartWave(rollout.wave));
    }
    effects
}

/// Moves the wave under way on; true when the next one may begin.
fn current_is_over(rollout: &mut Rollout, now: Timestamp) -> bool {
    let Some(index) = rollout.wave.checked_sub(1) else { return true };
    let Some(wave) = rollout.waves.get_mut(index as usize) else { return true };
    if !wave.is_through() {
        wave.state = WaveState::Running;
        wave.through_at = None;
        rollout.state = State::Running;
        return false;
    }
    let through = *wave.through_at.get_or_insert(now);
    // Where nobody got anything there is nothing to watch.
    let quiet = if wave.total == wave.skipped { 0 } else { wave.soak_seconds };
    if now < after(through, quiet) {
        wave.state = WaveState::Soaking;
        rollout.state = State::Soaking;
        return false;
    }
    wave.state = WaveState::Done;
    true
}

fn after(at: Timestamp, seconds: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

/// Whether too much went wrong, in the first wave where it did.
fn halt(rollout: &Rollout) -> Option<Halt> {
    let over = |sites: u32, limit: u8, total: u32| {
        u64::from(sites) * 100 > u64::from(limit) * u64::from(total)
    };
    rollout.waves.iter().zip(1..).find_map(|(it, wave)| {
        let harmed = it.harmed(rollout.kind);
        let found = |code, sites, limit| Halt { code, wave, sites, total: it.total, limit };
        if harmed > it.passed_failed && over(harmed, it.halt_failed, it.total) {
            return Some(found(Code::Failed, harmed, it.halt_failed));
        }
        if it.silent > it.passed_silent && over(it.silent, it.halt_silent, it.total) {
            return Some(found(Code::Silent, it.silent, it.halt_silent));
        }
        None
    })
}

impl Rollout {
    /// Why it stopped itself; none when it did not.
    pub fn halted_by(&self) -> Option<Halt> {
        (self.state == State::Halted).then(|| halt(self)).flatten()
    }
}

/// What happens if nobody acts.
pub fn consequence(rollout: &Rollout) -> Consequence {
    let open: u32 = rollout.waves.iter().map(Wave::open).sum();
    match rollout.state {
        State::Finished | State::Ended => Consequence::Nothing,
        State::Halted | State::Held => Consequence::Stays { keep: open },
        State::Running | State::Soaking => {
            let next = rollout.waves.get(rollout.wave as usize);
            match (rollout.current(), next) {
                (Some(wave), _) if !wave.is_through() => {
                    Consequence::Waits { wave: rollout.wave, open: wave.open() }
                }
                (Some(wave), Some(next)) => Consequence::NextWave {
                    wave: rollout.wave + 1,
                    at: after(wave.through_at.unwrap_or(Timestamp::MIN), wave.soak_seconds),
                    sites: next.total,
                },
                (None, Some(next)) => {
                    Consequence::Waits { wave: rollout.wave + 1, open: next.open() }
                }
                (_, None) => {
                    let failed: u32 = rollout.waves.iter().map(|it| it.failed).sum();
                    Consequence::Left { sites: failed + open }
                }
            }
        }
    }
}

impl Kind {
    /// What a site reports when it has what this rollout brings.
    pub const fn wanted(self) -> Outcome {
        match self {
            Kind::Install => Outcome::Installed,
            Kind::Rollback => Outcome::RolledBack,
        }
    }
}
