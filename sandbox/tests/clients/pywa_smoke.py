"""Drives a running sandbox with PyWa, an independent Cloud API client, and with PyWa's own webhook server.

Usage: pywa_smoke.py BASE_URL. Prints "PYWA OK" when everything held. Only the base URL differs from production.
"""

import io
import queue
import socket
import sys
import threading
import time

import httpx
import uvicorn
from pywa import WhatsApp, types
from pywa.errors import WhatsAppError
from pywa.types import Button, CallbackButton, CallbackSelection, Message, MessageStatus, Section, SectionList, SectionRow
from pywa.types.templates import BodyText, Template, TemplateCategory, TemplateLanguage
from starlette.applications import Starlette

BASE = sys.argv[1].rstrip("/")
PHONE, WABA, APP = "106540352242922", "102290129340398", "670843887433847"
FRANK = "491713920017"


class Rewrite(httpx.BaseTransport):
    """Sends what is meant for Meta's hosts to the sandbox, untouched otherwise."""

    def __init__(self):
        self.inner = httpx.HTTPTransport()

    def handle_request(self, request):
        base = httpx.URL(BASE)
        if request.url.host.endswith("facebook.com"):
            request.url = request.url.copy_with(scheme=base.scheme, host=base.host, port=base.port)
            request.headers["host"] = f"{base.host}:{base.port}"
        return self.inner.handle_request(request)


control = httpx.Client(base_url=BASE + "/sandbox", timeout=30)


def act(name, body=None):
    answer = control.post(f"/people/technician/{name}", json=body or {})
    assert answer.status_code == 200, answer.text
    control.post("/settle", json={})
    return answer.json()


def advance(ms):
    control.post("/clock/advance", json={"ms": ms}).raise_for_status()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def serve(app, port):
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.01)
    return server


def main():
    got = queue.Queue()
    port = free_port()
    app = Starlette()
    wa = WhatsApp(
        phone_id=PHONE,
        token="sandbox-token",
        waba_id=WABA,
        app_id=APP,
        app_secret="sandbox-app-secret",
        verify_token="pywa-verify",
        server=app,
        webhook_endpoint="/webhook",
        session=httpx.Client(transport=Rewrite(), timeout=30),
    )
    for register in (wa.on_message, wa.on_callback_button, wa.on_callback_selection, wa.on_message_status):
        register(lambda _, update: got.put(update))
    serve(app, port)

    def receive(kind):
        update = got.get(timeout=10)
        assert isinstance(update, kind), update
        return update

    # The subscription as PyWa makes it: token, then callback with the handshake inside the call.
    assert wa.set_app_callback_url(
        app_id=APP,
        app_access_token=f"{APP}|sandbox-app-secret",
        callback_url=f"http://127.0.0.1:{port}/webhook",
        verify_token="pywa-verify",
        fields=("messages", "message_template_status_update"),
    )

    # A text with accents and emoji: PyWa checks the signature over the escaped bytes.
    act("text", {"body": "Grüße aus Köln 🔧"})
    message = receive(Message)
    assert message.text == "Grüße aus Köln 🔧" and message.from_user.wa_id == FRANK, message

    # Answering goes by business-scoped id, without `to`.
    message.mark_as_read()
    message.indicate_typing()
    message.reply_text("Hallo Frank", quote=True)
    advance(2_000)
    words = [receive(MessageStatus).status.value for _ in range(2)]
    assert words == ["sent", "delivered"], words

    # Buttons and lists, sent by number.
    wa.send_message(to=FRANK, text="Which?", buttons=[Button(title="Yes", callback_data="yes"), Button(title="No", callback_data="no")], tracker="row-1")
    wa.send_message(
        to=FRANK,
        text="Pick one",
        buttons=SectionList(
            button_title="Choose",
            sections=[Section(title="Jobs", rows=[SectionRow(title="Sink", callback_data="job:1", description="Kitchen")])],
        ),
    )
    advance(2_000)
    statuses = [receive(MessageStatus) for _ in range(4)]
    assert {status.tracker for status in statuses} == {"row-1", None}, statuses
    act("press", {"id": "yes"})
    assert receive(CallbackButton).data == "yes"
    act("pick", {"title": "Sink"})
    assert receive(CallbackSelection).data == "job:1"

    # What Meta refuses, the sandbox refuses in its words.
    try:
        wa.send_message(to=FRANK, text="Too many", buttons=[Button(title=str(n), callback_data=str(n)) for n in range(4)])
    except WhatsAppError as error:
        assert error.code == 131009, error
    else:
        raise AssertionError("four buttons went through")

    # Media there and back.
    png = b"\x89PNG\r\n\x1a\n" + bytes(64)
    media = wa.upload_media(media=io.BytesIO(png), mime_type="image/png", filename="pipe.png")
    media_id = getattr(media, "id", media)
    wa.send_image(to=FRANK, image=media_id, caption="The pipe")
    url = wa.get_media_url(media_id)
    assert url.mime_type == "image/png", url
    assert wa.get_media_bytes(url=url.url) == png
    sent = control.post("/people/technician/upload?filename=leak.jpg&caption=Leak", content=b"jpeg", headers={"content-type": "image/jpeg"})
    assert sent.status_code == 200, sent.text
    advance(2_000)
    photo = next(update for update in iter(lambda: got.get(timeout=10), None) if isinstance(update, Message))
    assert photo.caption == "Leak" and photo.image.get_bytes() == b"jpeg", photo
    assert wa.delete_media(media_id=media_id)

    # Location, contact, reaction.
    wa.send_location(to=FRANK, latitude=52.5, longitude=13.4, name="Yard", address="Berlin")
    wa.send_contact(to=FRANK, contact=types.Contact(name=types.Contact.Name(formatted_name="Ida Rohr", first_name="Ida"), phones=[types.Contact.Phone(phone="+4930123456", type="WORK")]))
    wa.send_reaction(to=FRANK, emoji="👍", message_id=photo.id)

    # Templates: create, wait for the review, list with summary, send with a parameter.
    wa.create_template(template=Template(name="job_done", language=TemplateLanguage.GERMAN, category=TemplateCategory.UTILITY, components=[BodyText("Auftrag {{1}} ist fertig.", "789")]))
    advance(6_000)
    found = {template.name: template.status.value for template in wa.get_templates()}
    assert found == {"hello_world": "APPROVED", "job_done": "APPROVED"}, found
    wa.send_template(to=FRANK, name="job_done", language=TemplateLanguage.GERMAN, params=[BodyText.params("4711")])
    advance(2_000)
    thread = control.get("/people/technician/messages").json()["messages"]
    assert thread[-1]["shown"]["body"] == "Auftrag 4711 ist fertig.", thread[-1]

    # Reads of account things.
    assert wa.get_business_phone_number().display_phone_number == "+49 30 23125100"
    assert wa.get_business_profile() is not None
    print("PYWA OK")


main()
