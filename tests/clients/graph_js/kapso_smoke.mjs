// @kapso/whatsapp-cloud-api against a running sandbox: node kapso_smoke.mjs BASE_URL. Prints a line for each check.
import { WhatsAppClient, TemplateDefinition, buildTemplateSendPayload } from "@kapso/whatsapp-cloud-api";
import { Run, OGG, PDF, PNG, PHONE, WABA, FRANK, WEBP, MP4 } from "./run.mjs";

const run = new Run(process.argv[2]);
const client = new WhatsAppClient({ baseUrl: run.base, graphVersion: "v26.0", accessToken: "sandbox-token" });
const to = { phoneNumberId: PHONE, to: FRANK };
const sent = async (what, call) => {
  const answer = await call;
  run.holds(what, /^wamid\./.test(answer.messages[0].id) && answer.contacts[0].input !== undefined);
  return answer.messages[0].id;
};

await run.person("text", { body: "Hello" });
const { messages, media, templates, phoneNumbers } = client;

const upload = async (type, file, fileName, kind) => {
  const blob = new Blob([file], { type });
  return (await media.upload({ phoneNumberId: PHONE, type: kind ?? type, file: blob, fileName })).id;
};
const png = await upload("image/png", PNG, "leak.png");
run.holds("upload", /^\d+$/.test(png));
const about = await media.get({ mediaId: png });
run.holds("resolve", (about.mimeType ?? about.mime_type) === "image/png" && /^http/.test(about.url));
const bytes = await media.download({ mediaId: png, auth: "always" });
run.holds("download", Buffer.from(bytes).equals(PNG));
await run.refused("download without the token", media.download({ mediaId: png, auth: "never", as: "response" })
  .then((answer) => { if (!answer.ok) throw new Error(String(answer.status)); }));

const first = await sent("text", messages.sendText({ ...to, body: "Good morning 🔧", previewUrl: true }));
await sent("reply", messages.sendText({ ...to, body: "in answer", contextMessageId: first }));
await sent("image", messages.sendImage({ ...to, image: { id: png, caption: "the leak" } }));
await sent("document", messages.sendDocument({ ...to, document: { id: await upload("application/pdf", PDF, "offer.pdf"), filename: "offer.pdf" } }));
await sent("audio", messages.sendAudio({ ...to, audio: { id: await upload("audio/ogg; codecs=opus", OGG, "note.ogg"), voice: true } }));
await sent("video", messages.sendVideo({ ...to, video: { id: await upload("video/mp4", MP4, "clip.mp4"), caption: "so" } }));
await sent("sticker", messages.sendSticker({ ...to, sticker: { id: await upload("image/webp", WEBP, "s.webp") } }));
await sent("location", messages.sendLocation({ ...to, location: { latitude: 52.52, longitude: 13.4, name: "Berlin", address: "Mitte" } }));
await sent("contacts", messages.sendContacts({ ...to, contacts: [{ name: { formattedName: "Klaus Meier", firstName: "Klaus" }, phones: [{ phone: "+49 30 1", type: "WORK" }] }] }));
await sent("reaction", messages.sendReaction({ ...to, reaction: { messageId: first, emoji: "👍" } }));
await sent("buttons", messages.sendInteractiveButtons({ ...to, header: { type: "image", image: { id: png } }, bodyText: "Right?", footerText: "F", buttons: [{ id: "y", title: "Yes" }, { id: "n", title: "No" }] }));
await sent("list", messages.sendInteractiveList({ ...to, bodyText: "Which?", buttonText: "Choose", sections: [{ title: "Jobs", rows: [{ id: "1", title: "One", description: "first" }, { id: "2", title: "Two" }] }] }));
await sent("link button", messages.sendInteractiveCtaUrl({ ...to, bodyText: "Look", parameters: { displayText: "Open", url: "https://example.com" } }));
await sent("location request", messages.sendInteractiveLocationRequest({ ...to, bodyText: "Where are you?", parameters: { requestMessage: "Share" } }));
await sent("flow", messages.sendInteractiveFlow({ ...to, bodyText: "Form", parameters: { flowId: "1", flowCta: "Open", flowToken: "t", flowAction: "navigate", flowActionPayload: { screen: "A" } } }));
await sent("raw", messages.sendRaw({ phoneNumberId: PHONE, payload: { messaging_product: "whatsapp", to: FRANK, type: "text", text: { body: "raw" } } }));
await sent("by user id", messages.sendText({ phoneNumberId: PHONE, recipient: await run.userId(), body: "by id" }));

const heard = await run.lastHeard();
run.holds("read and typing", (await messages.markRead({ phoneNumberId: PHONE, messageId: heard, typingIndicator: { type: "text" } })).success === true);

const definition = TemplateDefinition.buildTemplateDefinition({ name: "kapso_news", category: "UTILITY", language: "en", parameterFormat: "POSITIONAL", components: [{ type: "BODY", text: "News: {{1}}", example: { bodyText: [["all done"]] } }] });
const made = await templates.create({ businessAccountId: WABA, ...definition });
run.holds("template made", made.status === "PENDING" && made.id !== undefined);
await run.advance(60);
const listed = await templates.list({ businessAccountId: WABA, name: "kapso_news", limit: 5 });
run.holds("template listed", listed.data[0].status === "APPROVED" && listed.paging !== undefined);
await sent("template", messages.sendTemplate({ ...to, template: buildTemplateSendPayload({ name: "kapso_news", language: "en", body: [{ type: "text", text: "mended" }] }) }));
run.holds("template gone", (await templates.delete({ businessAccountId: WABA, name: "kapso_news" })).success === true);

run.holds("profile set", (await phoneNumbers.businessProfile.update({ phoneNumberId: PHONE, about: "Pipes", websites: ["https://example.com"] })).success === true);
const profile = await phoneNumbers.businessProfile.get({ phoneNumberId: PHONE, fields: "about,websites" });
run.holds("profile", profile.data[0].about === "Pipes" && profile.data[0].websites.length === 1);
run.holds("code asked", (await phoneNumbers.requestCode({ phoneNumberId: PHONE, codeMethod: "SMS", language: "en_US" })).success === true);
run.holds("code given", (await phoneNumbers.verifyCode({ phoneNumberId: PHONE, code: "123456" })).success === true);
run.holds("registered", (await phoneNumbers.register({ phoneNumberId: PHONE, pin: "123456" })).success === true);
run.holds("settings set", (await phoneNumbers.settings.update({ phoneNumberId: PHONE, calling: { status: "ENABLED" } })).success === true);
run.holds("settings", (await phoneNumbers.settings.get({ phoneNumberId: PHONE })).calling.status === "ENABLED");

await run.refused("four buttons", messages.sendRaw({ phoneNumberId: PHONE, payload: { messaging_product: "whatsapp", to: FRANK, type: "interactive", interactive: { type: "button", body: { text: "x" }, action: { buttons: ["a", "b", "c", "d"].map((id) => ({ type: "reply", reply: { id, title: id } })) } } } }), 131009);
await run.refused("text too long", messages.sendRaw({ phoneNumberId: PHONE, payload: { messaging_product: "whatsapp", to: FRANK, type: "text", text: { body: "x".repeat(4097) } } }), 100);
const stranger = new WhatsAppClient({ baseUrl: run.base, graphVersion: "v26.0", accessToken: "wrong" });
await run.refused("wrong token", stranger.messages.sendText({ ...to, body: "x" }), 190);
run.holds("file gone", (await media.delete({ mediaId: png })).success === true);
await run.refused("no such file", media.get({ mediaId: png }), 100);
run.done();
