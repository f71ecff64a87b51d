//! `plumbline demo`: everything in one process with the WhatsApp sandbox in Meta's place, and the two people's phones in a
//! web page. The road is that of `serve`; only the address of the Graph API is another.

use std::{io::Write, net::SocketAddr, sync::Arc};

use channels::whatsapp;
use domain::{
    address::ChannelName,
    clock::{Clock, SystemClock},
    contact::{Identity, Role},
    id::Ids,
    staff::ConsoleRole,
};
use sandbox::PersonConfig;
use store::{Store, contact};

use super::{Failure, sandbox as emulator, serve};
use crate::{
    app::{App, Follows, Hosting, Means},
    assets::Folder,
    cli::DemoArgs,
    console_login::{self, Guest},
    people::{self, Demo, Seats},
    settings::Settings,
    shutdown::Shutdown,
};

/// # Errors
/// [`Failure`]: one sentence.
pub async fn run(settings: &Settings, arguments: &DemoArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let shutdown = Shutdown::on_signals()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ids = Arc::new(Ids::new(Arc::clone(&clock), rand::random()));
    let store = Store::open(&settings.database).await?;
    let settings = &settings.clone().with_console(&store).await?;
    let imported = people::settle_in(settings, &store, Seats::Phones, &ids, clock.now()).await?;
    let port = settings.gateway.port;
    let config = sandbox::Config {
        port: arguments.sandbox_port,
        bind: settings.bind,
        webhook_url: Some(format!("http://{}:{port}/whatsapp/webhook", settings.bind)),
        people: phones(settings)?,
        // The database outlives the sandbox: an id of the last start would be taken for a repeat.
        seed: rand::random(),
        delays: sandbox::Delays { template_review_ms: 0, ..sandbox::Delays::default() },
        ..sandbox::Config::default()
    };
    let (token, account) = (config.access_token.clone(), config.waba_id.clone());
    let channel = channel(settings, &config);
    let sandbox = emulator::start(config, &shutdown).await?;
    submit_templates(settings, sandbox.base_url(), &account, &token).await?;
    let (watched, link_ids) = (store.clone(), Arc::clone(&ids));
    let hosting = Hosting {
        gateway: true,
        belt: true,
        people: vec![ChannelName::from(whatsapp::NAME)],
        whatsapp: Some(whatsapp::Config { api_base_url: sandbox.base_url().to_owned(), ..channel }),
        alone: true,
        follows: Follows::House,
        ..Hosting::default()
    };
    let app = App::build(settings, store, hosting, Means { clock, ids, model: None }).await?;
    writeln!(out, "Plumbline demo: everything in this process. Model: {}.", app.model)?;
    if let Some(imported) = imported {
        writeln!(out, "{imported}")?;
    }
    writeln!(
        out,
        "Phones:  {}  (open it in a browser; the technician's and the office's phone)",
        sandbox.base_url()
    )?;
    if let Some(address) = app.gateway {
        let link = login_link(settings, &watched, &link_ids, address).await?;
        writeln!(out, "Console: {link}")?;
        writeln!(out, "         (good once; another: plumbline token --user NAME --role owner)")?;
        writeln!(out, "Gateway: http://{address}/health")?;
    }
    out.flush()?;
    serve::finish(app, &shutdown).await;
    Ok(())
}

/// A way into the console for the demo's office person, who owns the firm.
async fn login_link(
    settings: &Settings,
    store: &Store,
    ids: &Arc<Ids>,
    address: SocketAddr,
) -> Result<String, Failure> {
    let demo = Demo::read(settings)?;
    let office = demo.holder(Role::Office);
    let mut guest = Guest::named(office.map_or("Office", |person| &person.name), ConsoleRole::Owner);
    if let Some(person) = office {
        let known = contact::find(&mut store.reader(), &[Identity::phone(&person.phone)]).await?;
        guest.contact = known.map(|known| known.id);
    }
    let place = console_login::place(settings, Some(address));
    let (_, link) = console_login::link(settings, store, ids, guest, &place, SystemClock.now()).await?;
    Ok(link)
}

/// The demo people with their phones, the technician first.
fn phones(settings: &Settings) -> Result<Vec<PersonConfig>, Failure> {
    let demo = Demo::read(settings)?;
    let phone = |role: Role| {
        demo.holder(role).map(|person| PersonConfig {
            // The same person at each start.
            user_id: Some(format!("DE.{:0>16}", person.phone)),
            ..PersonConfig::new(role.as_str(), &person.name, &person.phone)
        })
    };
    Ok([Role::Technician, Role::Office].into_iter().filter_map(phone).collect())
}

/// The channel's settings for the sandbox: its credentials, and no wait between messages that it keeps in order.
fn channel(settings: &Settings, sandbox: &sandbox::Config) -> whatsapp::Config {
    whatsapp::Config {
        access_token: sandbox.access_token.clone().into(),
        phone_number_id: sandbox.phone_number_id.clone(),
        business_account_id: sandbox.waba_id.clone(),
        app_secret: sandbox.app_secret.clone().into(),
        verify_token: sandbox.verify_token.clone().into(),
        order_gap_ms: 0,
        language: settings.firm.language(),
        media: whatsapp::MediaConfig {
            folder: settings.media_folder.clone(),
            ..whatsapp::MediaConfig::default()
        },
        ..whatsapp::Config::default()
    }
}

/// Submits the house's templates, as somebody would in Meta's WhatsApp Manager: without them nothing can be asked of an
/// office that has not written for a day.
async fn submit_templates(
    settings: &Settings,
    base: &str,
    account: &str,
    token: &str,
) -> Result<(), Failure> {
    let failed =
        |why: String| Failure::Failed(format!("the sandbox did not take the message templates: {why}"));
    let http = channels::transport::client(&settings.http).map_err(|error| failed(error.to_string()))?;
    let url = format!("{base}/v26.0/{account}/message_templates");
    for (name, template) in Folder::Templates.built_in() {
        let request =
            http.post(&url).bearer_auth(token).header("content-type", "application/json").body(template);
        let answer = request.send().await.map_err(|error| failed(error.to_string()))?;
        if !answer.status().is_success() {
            return Err(failed(format!("{name}: {}", answer.text().await.unwrap_or_default())));
        }
    }
    Ok(())
}
