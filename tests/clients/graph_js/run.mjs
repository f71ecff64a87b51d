// What both smokes share: the sandbox's people by its control API, small files, and checks that are counted.
export const PHONE = "106540352242922";
export const WABA = "102290129340398";
export const FRANK = "+491713920017";
const hex = (text) => Buffer.from(text, "hex");
export const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==", "base64");
export const PDF = Buffer.from("%PDF-1.4\n%%EOF\n");
export const OGG = Buffer.concat([Buffer.from("OggS"), Buffer.alloc(24), Buffer.from("OpusHead"), hex("0101000080bb0000000000")]);
export const WEBP = Buffer.concat([Buffer.from("RIFF"), hex("1a000000"), Buffer.from("WEBPVP8L"), hex("0d0000002f00000010071011118888fe0700")]);
export const MP4 = Buffer.concat([hex("00000018"), Buffer.from("ftypmp42"), Buffer.alloc(12)]);

export class Run {
  constructor(base) {
    if (!base) throw new Error("the first argument is the sandbox's address");
    this.base = base;
    this.checks = 0;
  }

  holds(what, truth) {
    if (!truth) throw new Error(`${what}: not so`);
    this.checks += 1;
    console.log(`ok ${what}`);
  }

  // The call must fail, with Meta's code where one is named.
  async refused(what, call, code) {
    const error = await call.then(() => undefined, (error) => error);
    const found = JSON.stringify([error?.code, error?.error, error?.raw, error?.cause, error?.data, String(error?.message)]);
    this.holds(`refused: ${what}`, error !== undefined && (code === undefined || found.includes(String(code))));
  }

  async control(method, path, body) {
    const answer = await fetch(`${this.base}/sandbox${path}`, { method, headers: { "content-type": "application/json" }, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  async person(act, body) {
    const done = await this.control("POST", `/people/technician/${act}`, body);
    await this.control("POST", "/settle", {});
    return done;
  }

  advance(seconds) {
    return this.control("POST", "/clock/advance", { seconds });
  }

  async userId() {
    return (await this.control("GET", "/people")).people.find((person) => person.id === "technician").user_id;
  }

  // The id of the last message that the technician wrote.
  async lastHeard() {
    const chat = await this.control("GET", "/people/technician/messages");
    return chat.messages.filter((message) => message.direction === "in").at(-1).id;
  }

  done() {
    console.log(`ALL ${this.checks} HOLD`);
  }
}
