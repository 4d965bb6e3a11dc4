//! `serve`: the server, from the first line it prints to its clean end.

use crate::args::ServeArgs;
use crate::config::Config;
use crate::exit::{Code, Failure, Outcome};
use crate::listen::{HEAD_WITHIN, accept};
use crate::open;
use crate::output::print;
use crate::ports::{FileClock, SystemClock};
use roadbook_app::App;
use roadbook_app::ports::Clock;
use roadbook_web::WebOptions;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// So long requests in flight may go on after the signal.
const GRACE: Duration = Duration::from_secs(5);

/// Runs the server until a signal comes.
pub async fn run(args: ServeArgs) -> Outcome {
    let config = Config::load(&args.store, &args.server)?;
    refuse_open_listener(&config, args.insecure_http)?;
    let listener = bind(config.listen).await?;
    let address = listener.local_addr()?;
    let base_url = config.base_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let clock = clock(&args, &config)?;
    let store = open::store(&config, args.unsafe_durability).await?;
    let app = open::app_at(store, &config, base_url.clone(), clock)?;
    app.fleet_poll_every(config.poll_seconds);
    prepare(&app, &base_url).await?;
    let secure = base_url.starts_with("https://");
    serve(
        app,
        listener,
        WebOptions { secure, demo: false, trusted_proxies: config.trusted_proxies.into() },
    )
    .await
}

/// The machine's clock, or the one of a rehearsal.
fn clock(args: &ServeArgs, config: &Config) -> Result<Arc<dyn Clock>, Failure> {
    let Some(path) = &args.rehearsal_clock else { return Ok(Arc::new(SystemClock)) };
    if !config.listen.ip().is_loopback() {
        return Err(Failure::new(Code::Usage, "a rehearsal stays on this machine")
            .hint("listen on 127.0.0.1, or leave --rehearsal-clock out"));
    }
    let clock = FileClock::open(path).map_err(|why| {
        Failure::new(Code::Usage, format!("`{}` is no clock: {why}", path.display()))
            .hint("write one moment into it, as in 2027-04-24T13:00:00Z")
    })?;
    eprintln!("this is a rehearsal: the time is {}, as {} says", clock.now(), path.display());
    Ok(Arc::new(clock))
}

/// Anything but this machine needs a word from the operator.
fn refuse_open_listener(config: &Config, insecure_http: bool) -> Outcome {
    if config.listen.ip().is_loopback() || insecure_http {
        return Ok(());
    }
    let what = format!(
        "`{}` can be reached from other machines, and passwords would cross the network in the clear",
        config.listen
    );
    Err(Failure::new(Code::Usage, what)
        .hint("listen on 127.0.0.1 behind a proxy with TLS; see docs/deployment.md")
        .hint("or say --insecure-http when the network itself protects it"))
}

/// Takes the address.
pub async fn bind(listen: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(listen).await.map_err(|error| {
        let failure = Failure::new(Code::Failed, format!("cannot listen on {listen}: {error}"));
        if error.kind() == std::io::ErrorKind::AddrInUse {
            failure.hint("another server has this port; choose one with --listen 127.0.0.1:0")
        } else {
            failure
        }
    })
}

/// What must be there before the first request: processes, and a link while nobody is set up.
async fn prepare(app: &App, base_url: &str) -> Outcome {
    app.process_seed().await?;
    if let Some(code) = app.setup_code().await? {
        eprintln!("nobody is set up yet; open this link within 30 minutes, it works once:");
        eprintln!("  {base_url}/setup?token={code}");
    }
    Ok(())
}

/// Serves until SIGINT or SIGTERM, or until the store may write no more (code 70).
pub async fn serve(app: App, listener: TcpListener, options: WebOptions) -> Outcome {
    let address = listener.local_addr()?;
    let (stop, stopped) = watch::channel(false);
    let router = roadbook_web::router(app.clone(), options);
    let (tasks, mut over) = (app.clone(), stopped.clone());
    let mut work = tokio::spawn(async move {
        let end = async move {
            let _ = over.wait_for(|it| *it).await;
        };
        Box::pin(tasks.run_tasks(end)).await;
    });
    let mut server = tokio::spawn(accept(listener, router, stopped.clone(), HEAD_WITHIN));
    print(&format!("listening on http://{address}\n"))?;
    let broken = tokio::select! {
        () = signal() => false,
        () = store_stopped(&app) => true,
        result = &mut server => {
            return result.map_err(|error| Failure::new(Code::Failed, error.to_string()));
        }
    };
    tracing::info!("ending");
    let _ = stop.send(true);
    // Live pages keep their connection open for ever; nobody waits longer than this for them.
    tokio::select! {
        _ = &mut server => {}
        () = SystemClock.wait(GRACE) => server.abort(),
    }
    // A mail that is out is written down before the end, or it would go out again after it.
    tokio::select! {
        _ = &mut work => {}
        () = SystemClock.wait(GRACE) => work.abort(),
    }
    if broken {
        return Err(Failure::new(
            Code::Stopped,
            "a write to disk failed, so nothing more is written",
        )
        .hint("check the disk, then start it again; everything acknowledged is kept"));
    }
    Ok(())
}

/// Ends when the operator asks for it.
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut it) => {
                it.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}

/// Ends when the store may write no more.
async fn store_stopped(app: &App) {
    while !app.store().is_stopped() {
        SystemClock.wait(Duration::from_secs(1)).await;
    }
}
