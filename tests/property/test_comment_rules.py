"""A comment is written exactly once, whatever happens on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

import pytest
from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from intervals_companion.app.remote.activity_ref import activity_ref
from intervals_companion.app.remote.client import open_api_key_client
from intervals_companion.app.social import comments, post_comment
from intervals_companion.domain.errors import CompanionError, ServiceUnreachable
from intervals_companion.intervals.wire import Request, Response
from intervals_companion.social import posting
from intervals_companion.social.comments import SendResult, Sent
from intervals_companion.store import outbox
from intervals_companion.store.outbox import NOT_SENT, SENT, Outgoing
from support.app_fixture import AppFixture, between
from support.crash_injection import Death, Killed, MortalStore, mortal_transport
from support.depth import examples
from support.friends_fixture import among_friends, faults, lines, look, mine

KINDS = ("timeout_before", "timeout_after", "truncated", "429", "500", "502", "503", "500_after")
IS_THERE = (SendResult.SENT, SendResult.HAD_ARRIVED)
MINUTE = 60.0


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppFixture]:
    with among_friends(tmp_path_factory.mktemp("comments")) as made:
        made.sandbox.switches = made.sandbox.switches.flipped({"rate_limits": False})
        look(made)
        yield made


_fresh: dict[int, Iterator[str]] = {}


def fresh(home: AppFixture) -> str:
    """An activity of somebody else that nobody has said anything about, another one each time; all is well again."""
    faults(home)
    home.clock.wait(1.0)
    quiet = _fresh.setdefault(id(home), (line.id for line in lines(home) if line.hidden is None and not line.talked))
    found = next(quiet, None)
    if found is None:  # all were used: the chats are cleared and they begin anew
        home.sandbox.state.chats.clear()
        for activity in home.sandbox.state.activities.values():
            activity.values.pop("icu_chat_id", None)
        athlete = home.context.account().athlete
        with home.context.store.write() as connection:
            outbox.delete_old(connection, athlete, home.context.now() + 1)
        del _fresh[id(home)]
        return fresh(home)
    return found


def kept(home: AppFixture, nonce: str) -> Outgoing | None:
    with home.context.reading() as here:
        return outbox.find(here.connection, here.athlete, nonce)


@frozen
class Try:
    nonce: int
    reading: tuple[str, ...]
    """What the first reads meet."""
    writing: tuple[str, ...]
    """What the first writes meet."""
    wait: float
    """Seconds before it."""

    def meet(self, home: AppFixture) -> None:
        home.clock.wait(self.wait)
        ordered = [("GET", kind) for kind in self.reading] + [("POST", kind) for kind in self.writing]
        home.sandbox.faults.order(
            [{"method": method, "path_prefix": "/api/", "times": 1, "kind": kind} for method, kind in ordered]
        )


TRIES = st.builds(
    Try,
    nonce=st.integers(0, 2),
    reading=st.lists(st.sampled_from(KINDS), max_size=9).map(tuple),
    writing=st.lists(st.sampled_from(KINDS), max_size=3).map(tuple),
    wait=st.sampled_from([0.0, 1.0, 30.0, 3 * MINUTE, 11 * MINUTE]),
)


@pytest.mark.slow
@settings(max_examples=examples(50))
@given(tries=st.lists(TRIES, min_size=1, max_size=5))
def test_a_nonce_is_at_most_one_comment_and_exactly_one_when_it_is_said_to_be_sent(
    home: AppFixture, tries: list[Try]
) -> None:
    activity = fresh(home)
    told: set[int] = set()
    for one in tries:
        one.meet(home)
        with suppress(CompanionError):
            sent = post_comment.send(home.context, activity, f"Word {one.nonce}", f"{activity}-{one.nonce}")
            told |= {one.nonce} if sent.what in IS_THERE else set()
        there = Counter(mine(home, activity))
        assert max(there.values(), default=0) <= 1
        assert {f"Word {nonce}" for nonce in told} <= there.keys()


@pytest.mark.slow
@settings(max_examples=examples(30))
@given(tries=st.lists(TRIES, min_size=1, max_size=5))
def test_the_same_words_under_several_nonces_are_never_more_comments_than_nonces(
    home: AppFixture, tries: list[Try]
) -> None:
    activity = fresh(home)
    told: set[int | None] = set()
    for one in tries:
        one.meet(home)
        with suppress(CompanionError):
            sent = post_comment.send(home.context, activity, "Well done", f"{activity}-{one.nonce}")
            told |= {sent.comment} if sent.what in IS_THERE else set()
        assert len(told) <= len(mine(home, activity)) <= len({each.nonce for each in tries})


@pytest.mark.slow
@settings(max_examples=examples(20))
@given(attempt=TRIES)
def test_what_was_not_sent_is_sent_by_the_next_try_and_what_was_sent_is_not(home: AppFixture, attempt: Try) -> None:
    activity, nonce = fresh(home), f"once-{home.clock.monotonic()}"
    attempt.meet(home)
    with suppress(CompanionError):
        post_comment.send(home.context, activity, "Well done", nonce)
    faults(home)
    outcomes: list[SendResult] = []
    for _ in range(3):  # a comment of which nobody knows is given up after a while, once it was looked for in vain
        home.clock.wait(11 * MINUTE)
        comments.read(home.context, home.context.read(activity_ref, activity))
        outcomes.append(post_comment.send(home.context, activity, "Well done", nonce).what)
    assert outcomes[-1] is SendResult.SENT
    assert mine(home, activity) == ["Well done"]


def test_the_same_words_on_purpose_are_two_comments(home: AppFixture) -> None:
    activity = fresh(home)
    for nonce in ("first", "second"):
        assert post_comment.send(home.context, activity, "Well done", nonce).what is SendResult.SENT
    assert mine(home, activity) == ["Well done", "Well done"]


def test_a_double_tap_after_an_uncertain_outcome_is_one_comment(home: AppFixture) -> None:
    """The second form finds that the words of the first had arrived: its nonce is spent too."""
    activity = fresh(home)

    def lose(request: Request) -> Response | None:
        """The answer to the comment, and everything after it."""
        if request.method == "POST" or mine(home, activity):
            if request.method == "POST":
                with_answer(request)
            raise ServiceUnreachable("Intervals.icu did not answer in 30 s.", "Try again.")
        return None

    quiet = home.context
    with quiet.transport(quiet.service) as with_answer:
        between(home, lose)
        first = post_comment.send(home.context, activity, "Well done", "form-1")
    home.context = quiet
    assert (first.what, mine(home, activity)) == (SendResult.UNKNOWN, ["Well done"])
    outcomes = [post_comment.send(home.context, activity, "Well done", "form-2").what for _ in range(3)]
    assert outcomes == [SendResult.HAD_ARRIVED, SendResult.SENT, SendResult.SENT]
    assert mine(home, activity) == ["Well done"]


# --- killed ----------------------------------------------------------------------------------------------------------


Say = Callable[[AppFixture, str], SendResult]


def by_form(home: AppFixture, activity: str) -> SendResult:
    """One form of a page, however often it is sent."""
    return post_comment.send(home.context, activity, "Well done", f"form-{activity}").what


def by_command(home: AppFixture, activity: str) -> SendResult:
    """As the command line does it, up to the word it prints."""
    nonce = post_comment.nonce_of(activity, "Well done")
    sent = post_comment.send(home.context, activity, "Well done", nonce, resend_if_absent=True)
    if sent.what in IS_THERE:
        post_comment.release_nonce(home.context, nonce)
    return sent.what


WAYS = {"by form": by_form, "by command": by_command}


def killed(home: AppFixture, activity: str, say: Say, death: Death, *, on_disk: bool) -> bool:
    """Whether a process that sent a comment died before it could say so."""
    quiet, store = home.context, MortalStore(home.context.store.folder)
    store.death = death
    home.context = (
        evolve(quiet, store=store) if on_disk else evolve(quiet, transport=mortal_transport(home, death))
    )  # fmt: skip
    try:
        say(home, activity)
    except (Killed, CompanionError):
        pass
    finally:
        home.context = quiet
        store.close()
    return death.dead


def is_told(home: AppFixture, activity: str) -> bool:
    return kept(home, post_comment.nonce_of(activity, "Well done")) is None


STEPS = range(1, 12)


@pytest.mark.slow
@pytest.mark.parametrize("lost", [False, True], ids=["answered", "answer lost"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("on_disk", [False, True], ids=["at a request", "at a write"])
@pytest.mark.parametrize("say", WAYS.values(), ids=list(WAYS))
def test_killed_at_any_step_and_tried_again_it_is_one_comment(
    home: AppFixture, say: Say, on_disk: bool, after: bool, lost: bool
) -> None:
    died = 0
    for at in STEPS:
        activity = fresh(home)
        if lost:
            faults(home, "timeout_after", method="POST")
        if not killed(home, activity, say, Death(at, after), on_disk=on_disk):
            break  # it has no more steps than that
        died += 1
        faults(home)
        if say is by_command and mine(home, activity) and is_told(home, activity):
            continue  # it died with its work done, and had said so
        outcomes: list[SendResult] = []
        for wait in (0.0, 1.0, 3 * MINUTE, 11 * MINUTE):
            home.clock.wait(wait)
            if wait > 10 * MINUTE:  # somebody looks at the page: what has not arrived by now will not
                comments.read(home.context, home.context.read(activity_ref, activity))
            outcomes.append(say(home, activity))
            assert len(mine(home, activity)) <= 1, (at, outcomes)
            if outcomes[-1] in IS_THERE:
                break  # a person who reads that it is there does not send it again
        assert outcomes[-1] in IS_THERE, (at, outcomes)
        assert mine(home, activity) == ["Well done"]
    assert 2 <= died < len(STEPS)


@pytest.mark.slow
@settings(max_examples=examples(40))
@given(
    at=st.integers(1, 10),
    on_disk=st.booleans(),
    after=st.booleans(),
    attempt=TRIES,
    way=st.sampled_from(list(WAYS)),
    waits=st.lists(st.sampled_from([0.0, 1.0, 30.0, 3 * MINUTE, 11 * MINUTE]), max_size=4),
)
def test_killed_among_faults_it_is_never_two_comments(
    home: AppFixture, at: int, on_disk: bool, after: bool, attempt: Try, way: str, waits: list[float]
) -> None:
    activity, say = fresh(home), WAYS[way]
    attempt.meet(home)
    if not killed(home, activity, say, Death(at, after), on_disk=on_disk):
        return
    if say is by_command and mine(home, activity) and is_told(home, activity):
        return
    for wait in waits:
        home.clock.wait(wait)
        with suppress(CompanionError):
            if say(home, activity) in IS_THERE:
                break
    assert len(mine(home, activity)) <= 1


def test_the_same_command_on_purpose_is_two_comments(home: AppFixture) -> None:
    activity = fresh(home)
    assert [by_command(home, activity) for _ in range(2)] == [SendResult.SENT, SendResult.SENT]
    assert mine(home, activity) == ["Well done", "Well done"]


# --- two at once -----------------------------------------------------------------------------------------------------


def test_a_slow_one_does_not_send_what_a_later_tap_has_taken_over(home: AppFixture) -> None:
    """The first tap hangs for three minutes in reading; the second takes its turn, and is quick."""
    activity = fresh(home)
    about = home.context.read(activity_ref, activity)
    sender, open_client = comments.sender(home.context, about), partial(open_api_key_client, home.context)
    one = posting.take(sender, open_client, "Well done", "slow", resend_if_absent=False)
    assert isinstance(one, Outgoing)
    home.clock.wait(3 * MINUTE)
    second = post_comment.send(home.context, activity, "Well done", "slow").what
    with open_client() as (_, client):
        late = posting.prepare(sender, client, one, partial(comments.note, home.context, about))
    assert isinstance(late, Sent)
    assert (second, late.what) == (SendResult.SENT, SendResult.BEING_SENT)
    assert mine(home, activity) == ["Well done"]


def test_a_nonce_of_another_activity_sends_nothing(home: AppFixture) -> None:
    first, other = fresh(home), fresh(home)
    post_comment.send(home.context, first, "Well done", "mixed up")
    with pytest.raises(CompanionError, match="not from this page"):
        post_comment.send(home.context, other, "Well done", "mixed up")
    assert mine(home, other) == []


@pytest.mark.parametrize("kind", ["429", "500"])
def test_the_words_are_kept_only_until_it_is_known_what_became_of_them(home: AppFixture, kind: str) -> None:
    activity = fresh(home)
    home.sandbox.faults.order([{"method": "POST", "path_prefix": "/api/", "times": 9, "kind": kind}])
    with suppress(CompanionError):
        post_comment.send(home.context, activity, "A secret", f"words-{kind}")
    row = kept(home, f"words-{kind}")
    assert row is not None
    assert (row.text == "") == (row.state in (SENT, NOT_SENT))
