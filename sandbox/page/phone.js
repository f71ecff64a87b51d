// One phone: frame, chat with the business, composer. It shows what the person can see, nothing else.
// Looking at a phone reads its messages, as with a real one.

import { act, patch } from "./api.js";
import { bubble } from "./bubble.js";
import { Composer } from "./composer.js";
import { el, fill, icon } from "./dom.js";
import { menu } from "./sheet.js";
import { appeared, now, shown, state, thread } from "./store.js";
import { day, dayOf, phoneNumber, time } from "./text.js";

/** The phone somebody last touched: it is in a hand, so what arrives there is read. */
let inHand;

export class Phone {
  constructor(id) {
    this.id = id;
    this.bubbles = new Map();
    this.stick = true;
    this.build();
  }

  get person() {
    return state.people.get(this.id);
  }

  build() {
    this.owner = el("div", { class: "owner" });
    this.bar = el("div", { class: "statusbar", "aria-hidden": "true" });
    this.top = el("div", { class: "chat-head" });
    this.log = el("div", {
      class: "chat",
      testid: `chat-${this.id}`,
      role: "log",
      "aria-live": "polite",
      tabindex: "0",
    });
    this.jump = el("button", {
      type: "button",
      class: "to-end",
      hidden: true,
      "aria-label": "Go to the newest message",
      onclick: () => this.toEnd(),
    });
    this.composer = new Composer(this);
    this.screen = el(
      "div",
      { class: "screen" },
      this.bar,
      this.top,
      this.log,
      this.jump,
      this.composer.element,
    );
    this.element = el(
      "article",
      { class: "phone", testid: `phone-${this.id}`, data: { person: this.id } },
      this.owner,
      el("div", { class: "case" }, this.screen),
    );
    for (const event of ["pointerdown", "focusin"]) this.element.addEventListener(event, () => this.take());
    this.log.addEventListener("scroll", () => this.scrolled(), { passive: true });
    // A picture has loaded: whoever stood at the end stays there.
    this.log.addEventListener("grown", () => this.stick && this.toEnd());
    new ResizeObserver(() => this.stick && this.toEnd()).observe(this.log);
  }

  /** Somebody takes the phone into the hand. */
  take() {
    inHand = this.id;
    this.look();
  }

  look() {
    if (inHand !== this.id || document.visibilityState !== "visible") return;
    if (this.unread() === 0 || this.looking) return;
    this.looking = setTimeout(async () => {
      await act(this.id, "read");
      this.looking = undefined;
    }, 350);
  }

  unread() {
    return thread(this.id).filter((message) => message.direction === "out" && message.state === "delivered")
      .length;
  }

  render() {
    const kept = new Set();
    const stay = this.atEnd();
    for (const message of thread(this.id)) {
      kept.add(message.id);
      this.place(message);
    }
    for (const [id, node] of this.bubbles) {
      if (kept.has(id)) continue;
      node.remove();
      this.bubbles.delete(id);
    }
    this.days();
    this.header();
    this.composer.render();
    if (stay) this.toEnd();
  }

  /** A message is new or has changed. */
  message(message) {
    if (!shown(message)) return;
    const fresh = !this.bubbles.has(message.id);
    const stay = this.atEnd() || (fresh && message.direction === "in");
    this.place(message, fresh);
    this.days();
    this.refer(message);
    this.header();
    if (stay) this.toEnd();
    if (message.direction === "out") this.look();
  }

  /** Puts a bubble where it belongs, replacing an older version of it. */
  place(message, fresh = false) {
    const old = this.bubbles.get(message.id);
    const version = JSON.stringify([message, this.answered(message)]);
    if (old?.version === version) return;
    const node = bubble(this, message, this.answered(message));
    node.version = version;
    node.classList.toggle("fresh", fresh);
    this.bubbles.set(message.id, node);
    if (old) {
      old.replaceWith(node);
      return;
    }
    const next = [...this.log.querySelectorAll(".row")].find(
      (row) => Number(row.dataset.at) > appeared(message),
    );
    this.log.insertBefore(node, next ?? null);
  }

  /** Options of a message that were chosen: their ids. */
  answered(message) {
    if (message.direction === "in" || !["interactive", "template"].includes(message.kind)) return [];
    return [...state.messages.values()]
      .filter((reply) => reply.reply_to === message.id && reply.direction === "in")
      .map(
        (reply) => reply.content?.button_reply?.id ?? reply.content?.list_reply?.id ?? reply.content?.payload,
      )
      .filter(Boolean);
  }

  /** The message quoted or answered shows its answer too. */
  refer(message) {
    const target = message.reply_to && state.messages.get(message.reply_to);
    if (target && this.bubbles.has(target.id)) this.place(target);
  }

  days() {
    for (const old of this.log.querySelectorAll(".day")) old.remove();
    let last;
    for (const row of [...this.log.querySelectorAll(".row")]) {
      const at = Number(row.dataset.at);
      const first = row.dataset.direction !== row.previousElementSibling?.dataset?.direction;
      row.classList.toggle("tail", first || dayOf(at) !== last);
      if (dayOf(at) !== last) {
        last = dayOf(at);
        this.log.insertBefore(el("div", { class: "day" }, day(at, now())), row);
      }
    }
    this.empty ??= el(
      "div",
      { class: "hint" },
      "Write something: it reaches your app as a webhook. Only then may the business answer freely, for 24 hours.",
    );
    if (this.bubbles.size === 0) this.log.append(this.empty);
    else this.empty.remove();
  }

  header() {
    const { person } = this;
    if (!person) return;
    const { account } = state;
    this.log.setAttribute("aria-label", `Chat of ${person.name} with ${account.verified_name}`);
    const unread = this.unread();
    const label =
      this.id === "technician"
        ? "Technician"
        : this.id === "office"
          ? "Office"
          : person.username
            ? `@${person.username}`
            : this.id;
    fill(
      this.owner,
      el(
        "span",
        { class: "name" },
        el("h2", {}, person.name),
        el("p", { class: "role" }, `${label} · ${phoneNumber(person.phone)}`),
      ),
      el(
        "span",
        { class: "badge", hidden: unread === 0, testid: "unread", "aria-label": `${unread} unread` },
        String(unread),
      ),
      this.windowNote(person),
      el(
        "button",
        {
          type: "button",
          class: "plain",
          "aria-label": `Settings of ${person.name}'s phone`,
          onclick: (event) => this.settings(event),
        },
        icon("more"),
      ),
    );
    const typing = this.isTyping();
    fill(
      this.top,
      el("span", { class: "avatar", "aria-hidden": "true" }, initials(account.verified_name ?? "?")),
      el(
        "div",
        { class: "who" },
        el("strong", {}, account.verified_name),
        el(
          "span",
          { class: typing ? "typing-word" : "sub", testid: "presence", role: "status" },
          typing ? "typing…" : "Business account",
        ),
      ),
    );
    this.dots(typing);
    this.element.classList.toggle("offline", !person.online);
    this.tick();
  }

  windowNote(person) {
    const open = person.window_until_ms && person.window_until_ms > now();
    const title = open
      ? `The business may write freely until ${time(person.window_until_ms)}`
      : "Only templates reach this phone";
    return el(
      "span",
      { class: `window ${open ? "open" : "closed"}`, title, testid: "window" },
      open ? "window open" : "window closed",
    );
  }

  isTyping() {
    return Boolean(this.person?.typing_until_ms && this.person.typing_until_ms > now());
  }

  dots(typing) {
    this.typingRow ??= el(
      "div",
      { class: "typing", testid: "typing", "aria-label": "The business is typing" },
      el("span", {}, el("i"), el("i"), el("i")),
    );
    const stay = this.atEnd();
    if (typing && !this.typingRow.isConnected) this.log.append(this.typingRow);
    else if (typing) this.log.append(this.typingRow);
    else this.typingRow.remove();
    if (typing && stay) this.toEnd();
  }

  /** Once a second: the clock on the phone, and what fades by itself. */
  tick() {
    const { person } = this;
    if (!person) return;
    fill(
      this.bar,
      el("span", {}, time(now())),
      el("span", { class: "signal" }, person.online ? "●●●●" : "no network"),
    );
    if (this.typingRow?.isConnected && !this.isTyping()) this.header();
  }

  settings(event) {
    const { person } = this;
    const flip = (name, label) => ({
      label,
      checked: person[name],
      run: () => patch(`/people/${this.id}`, { [name]: !person[name] }),
    });
    menu(event.currentTarget, `${person.name}'s phone`, [
      flip("online", "Switched on, with a network"),
      flip("read_receipts", "Read receipts"),
      flip("chat_open", "Chat stays on the screen"),
      flip("blocked_business", "Business is blocked"),
      flip("marketing_opt_out", "No marketing"),
      { label: "Call the business", run: () => act(this.id, "call") },
      { label: "Hear from the office's own phone", run: () => this.echo() },
    ]);
  }

  echo() {
    return import("./composer.js").then(({ askEcho }) => askEcho(this.id));
  }

  atEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 60;
  }

  scrolled() {
    this.stick = this.atEnd();
    this.jump.hidden = this.stick;
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.scrolled();
  }
}

document.addEventListener("visibilitychange", () => {
  document.querySelector(`[data-person="${CSS.escape(inHand ?? "")}"]`)?.dispatchEvent(new Event("focusin"));
});

const initials = (name) =>
  name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word[0]?.toUpperCase() ?? "")
    .join("");
