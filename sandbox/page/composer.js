// Where a person writes: text, attachments, voice, location, contact, replies and edits.
// It sends through the control API and shows nothing until the server says it happened.

import { act, post, upload } from "./api.js";
import { el, fill, icon, toast } from "./dom.js";
import { ask, menu } from "./sheet.js";
import { state } from "./store.js";
import { preview } from "./text.js";

/** What browsers may record, best first: phones send Ogg. */
const RECORDINGS = ["audio/ogg;codecs=opus", "audio/mp4", "audio/webm;codecs=opus"];

export class Composer {
  constructor(phone) {
    this.phone = phone;
    this.build();
  }

  build() {
    this.note = el("div", { class: "composing", hidden: true });
    this.input = el("textarea", {
      rows: 1,
      placeholder: "Message",
      testid: "composer",
      enterkeyhint: "send",
      oninput: () => this.render(),
      onkeydown: (event) => this.key(event),
      onpaste: (event) => this.paste(event),
    });
    this.attach = el(
      "button",
      {
        type: "button",
        class: "plain",
        testid: "attach",
        "aria-label": "Attach",
        onclick: () => this.attachments(),
      },
      icon("plus"),
    );
    this.button = el(
      "button",
      { type: "submit", class: "round go", testid: "send", "aria-label": "Send" },
      icon("send"),
    );
    this.mic = el(
      "button",
      {
        type: "button",
        class: "round go",
        testid: "mic",
        "aria-label": "Record a voice message",
        onclick: () => this.record(),
      },
      icon("mic"),
    );
    this.element = el(
      "form",
      { class: "composer", onsubmit: (event) => this.submit(event) },
      this.note,
      el("div", { class: "line" }, this.attach, this.input, this.mic, this.button),
    );
    this.render();
  }

  render() {
    const name = state.people.get(this.phone.id)?.name ?? this.phone.id;
    this.input.setAttribute("aria-label", `Message from ${name}`);
    const text = this.input.value.trim() !== "";
    // The send button is always there for tests and keyboards; the microphone only while there is nothing to send.
    this.mic.hidden = text;
    this.button.classList.toggle("quiet", !text);
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 120)}px`;
  }

  key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.element.requestSubmit();
    } else if (event.key === "Escape") this.forget();
  }

  paste(event) {
    const [file] = event.clipboardData?.files ?? [];
    if (file) {
      event.preventDefault();
      this.sendFile(file, {});
    }
  }

  async submit(event) {
    event.preventDefault();
    const body = this.input.value.trim();
    if (!body) return;
    const { reply, editing } = this;
    this.input.value = "";
    this.forget();
    this.render();
    const sent = editing
      ? await act(this.phone.id, "edit", { message_id: editing.id, body })
      : await act(this.phone.id, "text", { body, reply_to: reply?.id });
    if (!sent) {
      this.input.value = body;
      this.render();
    }
  }

  replyTo(message) {
    this.forget();
    this.reply = message;
    this.explain(message.direction === "in" ? "You" : state.account.verified_name, preview(message));
  }

  edit(message) {
    this.forget();
    this.editing = message;
    this.input.value = message.content.body;
    this.explain("Edit message", message.content.body);
    this.render();
  }

  explain(title, text) {
    fill(
      this.note,
      el("span", {}, el("strong", {}, title), el("span", {}, text)),
      el(
        "button",
        { type: "button", class: "plain", "aria-label": "Cancel", onclick: () => this.forget() },
        icon("close"),
      ),
    );
    this.note.hidden = false;
    this.input.focus();
  }

  forget() {
    if (this.editing) this.input.value = "";
    this.reply = this.editing = undefined;
    this.note.hidden = true;
    this.render();
  }

  attachments() {
    menu(this.attach, "Attach", [
      {
        label: "Photo or video",
        shape: "image",
        testid: "attach-photo",
        run: () => this.choose("image/*,video/mp4", {}),
      },
      {
        label: "Document",
        shape: "file",
        testid: "attach-document",
        run: () => this.choose("", { kind: "document" }),
      },
      {
        label: "Voice message from a file",
        shape: "mic",
        testid: "attach-voice",
        run: () => this.choose("audio/*,.ogg,.opus,.m4a", { kind: "audio", voice: true }),
      },
      { label: "Location", shape: "pin", testid: "attach-location", run: () => this.location() },
      { label: "Contact", shape: "person", testid: "attach-contact", run: () => this.contact() },
    ]);
  }

  choose(accept, about) {
    const input = el("input", {
      type: "file",
      accept,
      testid: "file",
      class: "hidden-file",
      "aria-label": "File",
    });
    input.addEventListener("change", () => {
      if (input.files[0]) this.sendFile(input.files[0], about);
      input.remove();
    });
    this.element.append(input);
    input.click();
  }

  async sendFile(file, about) {
    const caption = about.voice ? undefined : this.input.value.trim();
    const sent = await upload(this.phone.id, file, {
      filename: file.name,
      caption,
      reply_to: this.reply?.id,
      ...about,
    });
    if (!sent) return;
    if (caption) this.input.value = "";
    this.forget();
  }

  async record() {
    if (this.recorder) return this.recorder.stop();
    const type = RECORDINGS.find((type) => globalThis.MediaRecorder?.isTypeSupported(type));
    const stream =
      type && (await navigator.mediaDevices?.getUserMedia({ audio: true }).catch(() => undefined));
    if (!stream) {
      toast("No microphone here: choose a file instead");
      return this.choose("audio/*,.ogg,.opus,.m4a", { kind: "audio", voice: true });
    }
    const parts = [];
    this.recorder = new MediaRecorder(stream, { mimeType: type });
    this.recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    this.recorder.addEventListener("stop", () => {
      for (const track of stream.getTracks()) track.stop();
      this.recorder = undefined;
      this.recording(false);
      const plain = type.split(";")[0];
      this.sendFile(new File(parts, `voice.${plain.split("/")[1]}`, { type: plain }), {
        kind: "audio",
        voice: true,
      });
    });
    this.recorder.start();
    this.recording(true);
  }

  recording(on) {
    this.mic.classList.toggle("recording", on);
    this.mic.setAttribute("aria-label", on ? "Stop and send" : "Record a voice message");
    fill(this.mic, icon(on ? "stop" : "mic"));
    this.input.placeholder = on ? "Recording…" : "Message";
  }

  location() {
    const fields = [
      { name: "name", text: "Name", value: "Schillerstraße 12" },
      { name: "address", text: "Address", value: "10117 Berlin" },
      { name: "latitude", text: "Latitude", value: "52.52437", inputMode: "decimal", required: true },
      { name: "longitude", text: "Longitude", value: "13.38886", inputMode: "decimal", required: true },
    ];
    ask(this.attach, "Send location", fields, "Send", (given) =>
      act(this.phone.id, "location", {
        ...given,
        latitude: Number(given.latitude),
        longitude: Number(given.longitude),
      }),
    );
  }

  contact() {
    const fields = [
      { name: "name", text: "Name", required: true },
      { name: "phone", text: "Phone", type: "tel", required: true },
    ];
    ask(this.attach, "Send contact", fields, "Send", ({ name, phone }) =>
      act(this.phone.id, "contacts", {
        contacts: [
          {
            name: { formatted_name: name, first_name: name.split(" ")[0] },
            phones: [{ phone, type: "CELL" }],
          },
        ],
      }),
    );
  }

  flow(message) {
    const token = message.content.action.parameters.flow_token;
    const value = JSON.stringify({ flow_token: token, answer: "" }, null, 2);
    ask(
      this.attach,
      message.content.action.parameters.flow_cta,
      [{ name: "response", text: "Response (JSON)", rows: 6, value }],
      "Send",
      (given) => {
        try {
          act(this.phone.id, "flow", { response: JSON.parse(given.response), message_id: message.id });
        } catch {
          toast("That is not JSON");
        }
      },
    );
  }
}

/** What the office types on its own phone. */
export function askEcho(person) {
  const opener = document.querySelector(`[data-testid="phone-${CSS.escape(person)}"] .plain`);
  ask(
    opener,
    "From the office's own phone",
    [{ name: "body", text: "Message", rows: 3, required: true }],
    "Send",
    ({ body }) => post("/echoes", { person, body }),
  );
}
