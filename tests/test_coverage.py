"""In-scope lists: what is read from them, and what is answered from them."""

import pytest

from assistant.coverage import CoverageWriter
from assistant.question import understand
from assistant.retrieve import Passage
from corpus.coverage import Coverage, canonical, canonical_names
from corpus.documents import Document, Link, Section, Segment, bundled_path, load_documents
from ingest.chunks import split


def page(title_en, title_ko, *lists, name="page"):
    """A document with one section a list; a list is its two headings and its lines, or the rows of its table."""
    sections = []
    for number, (heading_en, heading_ko, lines) in enumerate(lists):
        segments = []
        for row, line in enumerate(lines):
            cells = line if isinstance(line, tuple) else (line,)
            for column, text in enumerate(cells):
                segments.append(
                    Segment(
                        id=f"{name}-{number}{row}{column}",
                        ko=f"{text} (한)",
                        en=text,
                        kind="cell" if isinstance(line, tuple) else "item",
                        block=100 * number + row,
                    )
                )
        heading = Segment(id=f"{name}-{number}", ko=heading_ko, en=heading_en, kind="heading")
        sections.append(Section((heading,), 2, (title_ko, heading_ko), (title_en, heading_en), tuple(segments)))
    return Document(id=name, title_ko=title_ko, title_en=title_en, sections=tuple(sections))


QUX = page(
    "QUX reports",
    "QUX 보고서",
    (
        "Covered services for QUX 1 and QUX 2",
        "QUX 1 및 QUX 2에 대해 적용되는 서비스",
        [
            "Contoso Mail and Contoso Chat",
            "Microsoft Fabrikam cloud service either as a standalone service or as included in a Contoso branded plan",
            "Northwind (formerly Southwind)",
            "Tailspin Services",
        ],
    ),
    ("Covered services for QUX 3", "QUX 3에 대해 적용되는 서비스", ["Contoso Mail", "Microsoft Fabrikam", "Proseware"]),
    ("How to order", "주문 방법", ["Litware"]),
    name="qux",
)
FOO = page("FOO standard", "FOO 표준", ("Services in scope", "범위 내 서비스", ["Proseware", "Tailspin"]), name="foo")
TABLE = page(
    "BAR standard",
    "BAR 표준",
    (
        "In-scope services",
        "범위 내 서비스",
        [
            ("Suite", "In-scope services"),
            ("Contoso Suite", "Contoso Mail, Contoso Chat, Adatum"),
            ("Wingtip", "Wingtip Toys"),
        ],
    ),
    name="bar",
)
SUITE = page("BAZ standard", "BAZ 표준", ("In-scope services", "범위", ["Contoso Suite", "Tailspin"]), name="baz")
ALL = (QUX, FOO, TABLE, SUITE)


@pytest.fixture(scope="module")
def bundled():
    return load_documents(bundled_path()).documents


def writer(documents):
    chunks = {id(segment): (one, doc) for doc in documents for one in split(doc) for segment in one.segments}

    def locate(segment):
        chunk, document = chunks[id(segment)]
        return Passage(chunk, document, ())

    return CoverageWriter(Coverage(documents), locate)


def write(question, documents=ALL):
    return writer(documents).write(understand(question, max_characters=1000))


def verdict(question, documents=ALL):
    draft = write(question, documents)
    return draft and draft.ruling and draft.ruling.verdict


def cited(draft):
    return [segment.id for statement in draft.statements for segment in statement.segments]


# What is read


def test_lists_are_the_sections_headed_as_such():
    headings = [found.section.heading_path_en[-1] for found in Coverage(ALL).lists]
    assert headings == [
        "Covered services for QUX 1 and QUX 2",
        "Covered services for QUX 3",
        "Services in scope",
        "In-scope services",
        "In-scope services",
    ]


def test_list_is_about_the_names_in_its_heading_else_in_the_title():
    assert [found.standards for found in Coverage(ALL).lists] == [
        {"qux 1", "qux 2"},
        {"qux 3"},
        {"foo"},
        {"bar"},
        {"baz"},
    ]


def test_line_names_its_services_and_its_condition():
    entries = Coverage([QUX]).lists[0].entries
    assert [entry.services for entry in entries] == [
        ("contoso mail", "contoso chat"),
        ("fabrikam",),
        ("northwind", "southwind"),
        ("tailspin",),
    ]
    assert [entry.qualifier for entry in entries] == [
        None,
        "either as a standalone service or as included in a Contoso branded plan",
        None,
        None,
    ]


def test_table_gives_each_service_its_suite():
    (found,) = Coverage([TABLE]).lists
    assert [(entry.services, entry.suite) for entry in found.entries] == [
        (("contoso mail", "contoso chat", "adatum"), "contoso suite"),
        (("wingtip toys",), "wingtip"),
    ]
    assert Coverage([TABLE]).suites_of("adatum") == {"contoso suite"}
    assert Coverage([TABLE]).suites_of("litware") == frozenset()


def test_text_of_a_link_behind_the_services_is_not_one():
    item = Segment(
        "l-1", "", "Contoso, and Adatum detailed list", (Link("detailed list", "https://x.example", "en"),), "item"
    )
    heading = Segment("l-0", "", "Covered services for QUX 9", kind="heading")
    document = Document("l", "", "L", (Section((heading,), 2, (), ("L", heading.en), (item,)),))
    assert Coverage([document]).lists[0].entries[0].services == ("contoso", "adatum")


def listed(*lines, title="QUX 9"):
    return page(title, title, (f"Covered services for {title}", title, list(lines)), name=title.replace(" ", ""))


def named(*lines, others=()):
    """The services and the conditions of a list's lines, with other lists beside it."""
    found = Coverage([listed(*lines), *others]).lists[0]
    return [(entry.services, entry.qualifier) for entry in found.entries]


@pytest.mark.parametrize(
    ("line", "services", "condition"),
    [
        ("Contoso: Mail, Chat, and Storage", ("contoso",), "Mail, Chat, and Storage"),
        ("Contoso Mail cloud service: either as a standalone service", ("contoso mail",),
         "either as a standalone service"),
        ("Contoso for the following portions: Mail & Chat.", ("contoso",), "for the following portions: Mail & Chat."),
        ("Contoso (not in scope for Adatum)", ("contoso",), "not in scope for Adatum"),
        ("Contoso and Adatum (United States only)", ("contoso", "adatum"), "United States only"),
        ("Contoso (see the separate report)", ("contoso",), None),
        ("Contoso (including but not limited to Wingtip, Litware)", ("contoso", "wingtip", "litware"), None),
        ("Contoso, Adatum, and other online services", ("contoso", "adatum"), None),
        ("Office.com, eMail", ("office.com", "email"), None),
    ],
)  # fmt: skip
def test_line_is_read_as_names_and_a_condition(line, services, condition):
    assert named(line) == [(services, condition)]


@pytest.mark.parametrize(
    "line",
    [
        "The certificate applies to the Contoso services that are listed elsewhere, Adatum, and Wingtip.",
        "See Contoso Validation",
        "other online services",
    ],
)
def test_line_that_is_no_list_of_names_gives_none(line):
    assert named("Contoso", line) == [(("contoso",), None)]


def test_spellings_of_a_name_are_one_service():
    many = [listed("Contoso Mail Online", "Litware Parts 16", title=f"QUX {number}") for number in range(20, 26)]
    typed = named("Ontoso Mail Online", "Contoso  Mail  Onlines", "Litware Parts 19", others=many)
    assert [services for services, _ in typed] == [
        ("contoso mail online",),
        ("contoso mail online",),
        ("litware parts 19",),
    ]
    alone = named("Ontoso Mail Online")
    assert alone == [(("ontoso mail online",), None)]


def test_names_run_together_are_taken_apart_where_other_lists_have_both():
    others = [listed("Contoso Mail", "Adatum", title=f"QUX {number}") for number in range(2)]
    assert named("Microsoft Contoso Mail Microsoft Adatum", "Adatum & Contoso Mail", others=others) == [
        (("contoso mail", "adatum"), None),
        (("adatum", "contoso mail"), None),
    ]
    joined = [listed("Contoso Mail & Adatum"), *others]
    assert Coverage(joined).services("are Contoso Mail & Adatum in scope") == ("contoso mail", "adatum")
    assert named("Adatum & Litware", others=others) == [(("adatum & litware",), None)]


def test_documents_without_lists_are_no_trouble():
    assert Coverage([]).lists == ()
    assert Coverage([page("T", "티", ("How to order", "주문", ["A"]))]).lists == ()
    assert Coverage([page("T", "티", ("Services in scope", "범위", []))]).lists == ()
    assert Coverage([]).services("is Azure in scope") == ("azure",)
    assert Coverage([]).about("QUX 1") == {}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Microsoft Azure", "azure"),
        ("Azure DevOps Services", "azure devops"),
        ("Microsoft Flow cloud service", "power automate"),
        ("Microsoft 365", "microsoft 365"),
        ("MS Teams", "teams"),
        ("  Power   BI. ", "power bi"),
        ("Office365", "office 365"),
        ("Dynamics 365 U.S. Government", "dynamics 365 u.s. government"),
        ("Litware", "litware"),
        ("", ""),
    ],
)
def test_canonical_name(name, expected):
    assert canonical(name) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("is contoso mail in QUX 1", ("contoso mail",)),
        ("Contoso Chat and CONTOSO  MAIL", ("contoso chat", "contoso mail")),
        ("is Southwind covered", ("southwind",)),
        ("파워 BI와 인튠", ("power bi", "intune")),
        ("o365은 대상인가요", ("office 365",)),
        ("Contoso Mailer", ()),
        ("Slack", ()),
        ("", ()),
    ],
)
def test_known_services_are_found_in_a_text(text, expected):
    assert Coverage(ALL).services(text) == expected


def test_canonical_names_are_given_for_other_names_only():
    assert canonical_names("o365와 인튠") == ("office 365", "intune")
    assert canonical_names("Slack") == ()


@pytest.mark.xfail(reason="aliases that are everyday words (flow, teams, stream, exchange) name a service", strict=True)
@pytest.mark.parametrize("text", ["which teams are in scope", "how does data flow", "exchange of letters"])
def test_everyday_words_name_no_service(text):
    assert Coverage(ALL).services(text) == ()


@pytest.mark.parametrize(
    ("text", "standards"),
    [
        ("is it in QUX 1", {"qux 1"}),
        ("qux1 and QUX-3", {"qux 1", "qux 3"}),
        ("QUX 1, 2 및 3", {"qux 1", "qux 2", "qux 3"}),
        ("is it in FOO", {"foo"}),
        ("foo 표준", {"foo"}),
        ("is it in QUX 7", set()),
        ("is it in QUUX", set()),
    ],
)
def test_standards_of_a_text(text, standards):
    assert set(Coverage(ALL).about(text)) == standards


# What is answered


@pytest.mark.parametrize(
    ("question", "expected", "line"),
    [
        ("Is Contoso Chat in scope for QUX 1?", "yes", "qux-000"),
        ("is contoso mail covered by qux3", "yes", "qux-100"),
        ("Is Southwind covered by QUX 2?", "yes", "qux-020"),
        ("Does FOO cover Proseware?", "yes", "foo-000"),
        ("Contoso Mail은 QUX 1 대상인가요?", "yes", "qux-000"),
        ("Tailspin은 FOO 범위에 포함되나요?", "yes", "foo-010"),
    ],
)
def test_listed_service_is_covered_and_its_line_cited(question, expected, line):
    draft = write(question)
    assert (draft.ruling.verdict, draft.ruling.segment.id) == (expected, line)
    assert cited(draft) == [line]


@pytest.mark.parametrize(
    ("question", "service", "heading"),
    [
        ("Is Tailspin covered by QUX 3?", "Tailspin", "qux-1"),
        ("Is Proseware in scope for QUX 1?", "Proseware", "qux-0"),
        ("Are Contoso Mail and Tailspin covered by QUX 3?", "Tailspin", "qux-1"),
        ("Is Proseware covered by QUX 3 and QUX 1?", "Proseware", "qux-0"),
        ("Tailspin은 QUX 3 범위에 포함되나요?", "Tailspin", "qux-1"),
        ("Proseware도 QUX 1 대상인가요?", "Proseware", "qux-0"),
    ],
)
def test_known_service_that_the_list_leaves_out_is_not_covered_and_the_list_is_cited(question, service, heading):
    draft = write(question)
    assert draft.ruling.verdict == "no"
    assert service in draft.remark
    listed = next(found for found in Coverage(ALL).lists if found.section.heading[0].id == heading)
    assert cited(draft) == [heading, *(entry.segment.id for entry in listed.entries)]


def test_every_service_asked_about_must_be_listed():
    assert verdict("Are Contoso Mail and Proseware covered by QUX 3?") == "yes"
    assert verdict("Is Fabrikam covered by QUX 1, 2 and 3?") == "yes"


def test_services_suite_on_the_list_leaves_the_question_open():
    assert verdict("Is Tailspin covered by BAZ?") == "yes"
    assert write("Is Adatum covered by BAZ?") is None
    assert verdict("Is Proseware covered by BAZ?") == "no"


def test_condition_is_given_where_the_question_asks_for_it():
    draft = write("Is Fabrikam covered by QUX 1 as a standalone service?")
    assert draft.ruling.verdict == "conditional"
    assert draft.ruling.condition.startswith("either as a standalone service")
    assert verdict("Is Fabrikam covered by QUX 1?") == "yes"
    assert verdict("Fabrikam은 단독으로도 QUX 1 대상인가요?") == "conditional"
    assert verdict("Is Tailspin covered by QUX 1 as a standalone service?") == "yes"


@pytest.mark.parametrize(
    "question",
    [
        "Is Slack covered by QUX 1?",
        "슬랙은 QUX 1 범위에 포함되나요?",
        "Is Contoso Mail covered by ISO 27001?",
        "Is Contoso Mail a good service?",
        "What does QUX 1 say?",
        "Who covers Contoso Mail?",
        "which services are covered?",
        "is it covered?",
        "How do I order Litware?",
    ],
)
def test_other_questions_are_left_to_other_writers(question):
    assert write(question) is None


@pytest.mark.parametrize("question", ["which services are covered by QUX 3?", "QUX 3에 포함되는 서비스 목록을 알려줘"])
def test_all_of_a_list(question):
    draft = write(question)
    assert cited(draft) == ["qux-100", "qux-110", "qux-120"]
    assert draft.ruling is None
    assert all(statement.is_item for statement in draft.statements)


def test_lines_are_quoted_in_the_questions_language():
    assert write("list the services covered by QUX 3").statements[0].text == "Contoso Mail"
    assert write("QUX 3 대상 서비스를 나열해 주세요").statements[0].text == "Contoso Mail (한)"


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("How many services are covered by QUX 3?", "3"),
        ("How many services are in scope of QUX 1?", "4"),
        ("QUX 3에 포함되는 서비스는 몇 개인가요?", "3"),
    ],
)
def test_count_of_a_list_stands_before_its_lines(question, count):
    draft = write(question)
    assert count in draft.remark
    assert len(draft.statements) == int(count)


@pytest.mark.parametrize(
    ("question", "lines"),
    [
        ("which services are in scope of QUX 1 but not QUX 3?", ["qux-020", "qux-030"]),
        ("which services are covered by QUX 3 but not in QUX 2?", ["qux-120"]),
        ("QUX 1 범위에는 포함되지만 QUX 3에는 없는 서비스는?", ["qux-020", "qux-030"]),
        ("QUX 3에만 포함되고 QUX 2에는 빠진 서비스는?", ["qux-120"]),
    ],
)
def test_only_in_one_list(question, lines):
    assert cited(write(question)) == lines


def test_common_to_both_lists():
    draft = write("which services are covered by both QUX 2 and QUX 3?")
    assert cited(draft) == ["qux-000", "qux-010", "qux-100", "qux-110"]


def test_standards_that_cover_a_service():
    draft = write("which reports cover Proseware?")
    assert cited(draft) == ["qux-120", "foo-000"]
    assert [statement.text for statement in draft.statements] == ["QUX reports", "FOO standard"]
    assert [one.text for one in write("Proseware는 어떤 보고서의 범위에 포함되나요?").statements] == [
        "QUX 보고서",
        "FOO 표준",
    ]


@pytest.mark.parametrize(
    "question",
    ["Proseware: which of QUX 2 and QUX 3 does it come under?", "Proseware는 QUX 2, 3 중에 어디에 해당됩니까?"],
)
def test_standards_to_choose_from_give_the_lines_that_name_the_service(question):
    assert cited(write(question)) == ["qux-120"]


@pytest.mark.parametrize(
    "question",
    [
        "Which of QUX 2 and QUX 3 is Proseware not in?",
        "Which of QUX 2 and QUX 3 does not cover Proseware?",
        "Which of QUX 2 and QUX 3 cover Proseware and Contoso Chat?",
        "Proseware의 QUX 2, QUX 3 보고서 목록은 어디에 있나요?",
        "Proseware는 QUX 2, QUX 3에 어떻게 적용되나요?",
    ],
)
def test_standards_that_are_not_to_choose_from_are_left_to_other_writers(question):
    assert write(question) is None


@pytest.mark.parametrize(
    ("asked", "then", "lines"),
    [
        ("Does QUX 3 cover Contoso Mail?", "and how about Proseware?", ["qux-120"]),
        ("QUX 3에 Contoso Mail이 포함되나요?", "그럼 Proseware는요?", ["qux-120"]),
        ("Does QUX 3 cover Contoso Mail?", "I meant Proseware", ["qux-120"]),
        ("Does QUX 3 cover Contoso Mail?", "sorry, Proseware as well?", ["qux-120"]),
        ("Does QUX 3 cover Contoso Mail?", "and is Proseware covered now?", ["qux-120"]),
        ("QUX 3에 Contoso Mail이 포함되나요?", "죄송, Proseware는요?", ["qux-120"]),
        ("Does QUX 3 cover Contoso Mail?", "Do its reports keep to the timetable of Proseware's?", None),
    ],
)
def test_follow_up_is_about_scope_where_it_adds_nothing_else(asked, then, lines):
    question = understand(then, max_characters=1000).within(understand(f"{asked} {then}", max_characters=1000))
    draft = writer(ALL).write(question)
    assert (draft and cited(draft)) == lines


@pytest.mark.parametrize("question", ["Is Proseware not covered by FOO?", "Proseware는 FOO 범위에서 제외되나요?"])
def test_negated_question_does_not_get_the_verdict_of_the_plain_one(question):
    assert verdict(question) != "yes"


def test_only_in_one_list_in_plain_korean():
    assert cited(write("QUX 1에는 있지만 QUX 3에는 빠진 서비스는 뭔가요?")) == ["qux-020", "qux-030"]


@pytest.mark.parametrize(
    "question",
    [
        "Do I have to sign an NDA to get the Contoso Mail QUX 2 report?",
        "Can I get the Contoso Mail QUX 2 report without an NDA, as I have none?",
        "Can I get the Contoso Mail QUX 2 report under an NDA?",
        "Do Contoso Mail customers have access to the QUX 2 report?",
        "Is the Contoso Mail QUX 2 report published within 30 days?",
        "Has the Tailspin QUX 3 report been issued this year?",
        "Does the Contoso Mail QUX 2 audit include privacy?",
        "Contoso Mail QUX 2 보고서를 받으려면 NDA가 있어야 하나요?",
        "NDA가 있는데 Contoso Mail QUX 2 보고서를 볼 수 있나요?",
        "Contoso Mail QUX 2 보고서는 매년 감사를 받나요?",
        "Contoso Mail QUX 2 보고서에 브리지 레터가 포함되나요?",
    ],
)
def test_question_about_a_services_report_is_not_about_its_coverage(question):
    assert write(question) is None


# The bundled page


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Is Intune in scope for SOC 3?", "yes"),
        ("is intune covered by soc2", "yes"),
        ("Is Azure DevOps in scope of SOC 3?", "no"),
        ("Is Azure DevOps covered by SOC 1?", "yes"),
        ("Is Microsoft Flow in scope of SOC 1, 2 and 3?", "yes"),
        ("Does SOC 3 cover Dynamics 365?", "no"),
        ("Is Power BI covered by SOC 2 on its own or only in a bundle?", "conditional"),
        ("Is Slack covered by SOC 2?", None),
        ("Is Intune covered by ISO 27001?", None),
        ("인튠은 SOC 3 범위에 포함되나요?", "yes"),
        ("Azure DevOps는 SOC 3 대상인가요?", "no"),
        ("애저 데브옵스는 soc1 범위에 들어가나요?", "yes"),
        ("슬랙은 SOC 2 범위에 포함되나요?", None),
    ],
)
def test_bundled_page(bundled, question, expected):
    assert verdict(question, bundled) == expected


@pytest.mark.parametrize(
    ("question", "first", "last", "count"),
    [
        ("which services are covered by SOC 1?", 127, 138, 12),
        ("which services are covered by SOC 3?", 140, 147, 8),
        ("SOC 3에 포함되는 서비스는 어떤 것들이 있나요?", 140, 147, 8),
    ],
)
def test_bundled_lists_are_whole(bundled, question, first, last, count):
    ids = cited(write(question, bundled))
    assert ids == [f"0fdff-{number}" for number in range(first, last + 1)]
    assert len(ids) == count


@pytest.mark.parametrize(
    "question",
    ["which services are in scope of SOC 1 but not SOC 3?", "SOC 1 범위에는 있고 SOC 3에는 빠진 서비스는?"],
)
def test_bundled_services_of_one_list_only(bundled, question):
    assert cited(write(question, bundled)) == ["0fdff-129", "0fdff-133", "0fdff-134", "0fdff-138"]


@pytest.mark.parametrize(
    "question", ["Is Yammer in scope for SOC 1?", "Does Yammer have a SOC 2 report?", "Yammer는 SOC 1 대상인가요?"]
)
def test_bundled_page_does_not_deny_what_it_says_of_yammer(bundled, question):
    assert verdict(question, bundled) != "no"


@pytest.mark.parametrize("service", ["Teams", "Exchange Online", "SharePoint"])
def test_bundled_page_does_not_deny_parts_of_a_listed_suite(bundled, service):
    assert verdict(f"Is {service} covered by SOC 2?", bundled) != "no"
