// @great-detail/whatsapp against a running sandbox: node great_detail_smoke.mjs BASE_URL. Prints a line for each check.
import Client from "@great-detail/whatsapp";
import { Run, OGG, PDF, PNG, PHONE, WABA, FRANK, WEBP, MP4 } from "./run.mjs";

const run = new Run(process.argv[2]);
const options = (token) => ({ prefixUrl: run.base, graphVersion: "v26.0", request: { headers: { Authorization: `Bearer ${token}` }, retry: 0 } });
const sdk = new Client(options("sandbox-token"));
const { message, media, template, phoneNumbers, businessProfile, conversationalAutomation, subscribedApps } = sdk;
const to = { phoneNumberID: PHONE, to: FRANK };
const json = async (answer) => (typeof answer?.json === "function" ? answer.json() : answer);
const sent = async (what, body) => {
  const answer = await json(await message.createMessage({ ...to, ...body }));
  run.holds(what, /^wamid\./.test(answer.messages[0].id) && answer.contacts[0].wa_id !== undefined);
  return answer.messages[0].id;
};
const success = async (what, call) => run.holds(what, (await json(await call)).success === true);

await run.person("text", { body: "Hello" });

const upload = async (type, bytes, name) => {
  const file = new File([bytes], name, { type });
  return (await json(await media.upload({ phoneNumberID: PHONE, file }))).id;
};
const png = await upload("image/png", PNG, "leak.png");
const about = await json(await media.getURL({ mediaID: png, phoneNumberID: PHONE }));
run.holds("upload and resolve", about.mime_type === "image/png" && about.id === png);
// It sends no token to a file's address unless told to, here as at Meta.
await run.refused("download without the token", media.download({ mediaURL: about.url, request: { retry: 0 } }));
const file = await media.download({ mediaURL: about.url, request: { headers: { Authorization: "Bearer sandbox-token" } } });
run.holds("download", Buffer.from(await file.arrayBuffer()).equals(PNG));

const first = await sent("text", { type: "text", text: { body: "Good morning 🔧", preview_url: false } });
await sent("reply", { type: "text", text: { body: "in answer" }, context: { message_id: first } });
await sent("image", { type: "image", image: { id: png, caption: "the leak" } });
await sent("document", { type: "document", document: { id: await upload("application/pdf", PDF, "offer.pdf"), filename: "offer.pdf" } });
await sent("audio", { type: "audio", audio: { id: await upload("audio/ogg; codecs=opus", OGG, "note.ogg") } });
await sent("video", { type: "video", video: { id: await upload("video/mp4", MP4, "clip.mp4") } });
await sent("sticker", { type: "sticker", sticker: { id: await upload("image/webp", WEBP, "s.webp") } });
await sent("location", { type: "location", location: { latitude: 52.52, longitude: 13.4, name: "Berlin" } });
await sent("contacts", { type: "contacts", contacts: [{ name: { formatted_name: "Klaus Meier", first_name: "Klaus" }, phones: [{ phone: "+49 30 1", type: "WORK" }] }] });
await sent("reaction", { type: "reaction", reaction: { message_id: first, emoji: "👍" } });
await sent("buttons", { type: "interactive", interactive: { type: "button", body: { text: "Right?" }, action: { buttons: [{ type: "reply", reply: { id: "y", title: "Yes" } }, { type: "reply", reply: { id: "n", title: "No" } }] } } });
await sent("list", { type: "interactive", interactive: { type: "list", body: { text: "Which?" }, action: { button: "Choose", sections: [{ title: "Jobs", rows: [{ id: "1", title: "One" }] }] } } });
await sent("link button", { type: "interactive", interactive: { type: "cta_url", body: { text: "Look" }, action: { name: "cta_url", parameters: { display_text: "Open", url: "https://example.com" } } } });

await success("read and typing", message.createStatus({ phoneNumberID: PHONE, status: "read", message_id: await run.lastHeard(), typing_indicator: { type: "text" } }));

const made = await json(await template.create(WABA, { name: "detail_news", category: "UTILITY", language: "en", components: [{ type: "BODY", text: "News: {{1}}", example: { body_text: [["all done"]] } }] }));
run.holds("template made", made.status === "PENDING" && made.id !== undefined);
await run.advance(60);
const listed = await json(await template.list(WABA, { name: "detail_news", limit: 5 }));
run.holds("template listed", listed.data.some((one) => one.name === "detail_news" && one.status === "APPROVED"));
run.holds("template read", (await json(await template.get(made.id, { fields: ["name", "status"] }))).name === "detail_news");
await sent("template", { type: "template", template: { name: "detail_news", language: { code: "en" }, components: [{ type: "body", parameters: [{ type: "text", text: "mended" }] }] } });
await success("template changed", template.update(made.id, { components: [{ type: "BODY", text: "Newer: {{1}}", example: { body_text: [["all done"]] } }] }));
await success("template gone", template.delete(WABA, { name: "detail_news" }));

await success("profile set", businessProfile.updateBusinessProfile({ phoneNumberID: PHONE, about: "Pipes", websites: ["https://example.com"] }));
const profile = await json(await businessProfile.getBusinessProfile({ phoneNumberID: PHONE, fields: ["about", "websites"] }));
run.holds("profile", profile.data[0].about === "Pipes");
await success("automation", conversationalAutomation.setConversationalAutomation({ phoneNumberID: PHONE, enable_welcome_message: true, prompts: ["Report a job"], commands: [{ command_name: "jobs", command_description: "what is open" }] }));
const number = await json(await phoneNumbers.getPhoneNumber({ phoneNumberID: PHONE, fields: ["id", "display_phone_number", "conversational_automation"] }));
run.holds("number", number.id === PHONE && number.conversational_automation.prompts[0] === "Report a job");
const numbers = await json(await phoneNumbers.listPhoneNumbers({ businessAccountID: WABA, fields: ["id", "verified_name"] }));
run.holds("numbers", numbers.data.some((one) => one.id === PHONE));
await success("subscribed", subscribedApps.createSubscription({ businessAccountID: WABA }));
run.holds("subscriptions", (await json(await subscribedApps.listSubscriptions({ businessAccountID: WABA }))).data.length === 1);

await run.refused("four buttons", message.createMessage({ ...to, type: "interactive", interactive: { type: "button", body: { text: "x" }, action: { buttons: ["a", "b", "c", "d"].map((id) => ({ type: "reply", reply: { id, title: id } })) } } }).then(json));
await run.refused("wrong token", new Client(options("wrong")).message.createMessage({ ...to, type: "text", text: { body: "x" } }).then(json));
await success("file gone", media.delete({ mediaID: png }));
await run.refused("no such file", media.getURL({ mediaID: png }).then(json));
run.done();
