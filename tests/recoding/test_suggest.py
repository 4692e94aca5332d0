from __future__ import annotations

import tomllib
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from ppdarchive.deidentify.consent import consented
from ppdarchive.deidentify.freetext import redact
from ppdarchive.deidentify.treat import keys_by_space, treat
from ppdarchive.model.columns import encode, values_of
from ppdarchive.model.schema import Kind, Role, Treatment
from ppdarchive.pipeline import validate_study
from ppdarchive.recoding.coarser import known_to
from ppdarchive.recoding.options import Options, options_of
from ppdarchive.recoding.search import search
from ppdarchive.recoding.suggest import Suggestion, suggestion
from ppdarchive.risk.vectors import participant_vectors


class Study:
    """The example study's consenting participants, treated without reading their answers.

    Its schemas are the profile's: the study itself has already accepted what was proposed.
    """

    def __init__(self, folder, schemas):
        found = consented(validate_study(folder).checked.tables, "consent_to_share").tables
        self.tables = {name: replace(table, schema=schemas[name]) for name, table in found.items()}
        self.schemas = {name: schemas[name] for name in self.tables}
        keys = keys_by_space(self.tables)
        self._pseudonyms = {
            space: {key: f"{space}{number}" for number, key in enumerate(own)} for space, own in keys.items()
        }

    def treat(self, schemas):
        """Treat under other schemas."""
        tables = {name: replace(table, schema=schemas[name]) for name, table in self.tables.items()}
        return treat(
            tables, pseudonyms=self._pseudonyms, redact=lambda texts, groups: redact(texts, groups, [])
        ).tables

    def hierarchies(self):
        """Ready hierarchies that know a field's values."""
        found = {
            (name, field.name): known_to(map(str, encode(values_of(table.frame[field.name]))[0]))
            for name, table in self.tables.items()
            for field in table.schema
            if field.kind is Kind.STRING and field.disclosure.role is Role.QUASI_IDENTIFIER
        }
        return {column: name for column, name in found.items() if name is not None}

    def declaring(self, treatments):
        """The schemas with other treatments."""
        return {
            name: replace(schema, fields=tuple(
                replace(field, disclosure=replace(
                    field.disclosure,
                    treatment=treatments.get((name, field.name), field.disclosure.treatment)))
                for field in schema))
            for name, schema in self.schemas.items()
        }  # fmt: skip


@pytest.fixture(scope="module")
def study(example, profile):
    """Return the example study."""
    return Study(example, profile.schemas)


@pytest.fixture(scope="module")
def options(study) -> Options:
    """Return the levels of the example study's quasi-identifiers."""
    return options_of(study.schemas, study.treat, below=5, hierarchies=study.hierarchies())


@pytest.fixture(scope="module")
def proposed(study, options) -> tuple[Suggestion, np.ndarray]:
    """Return what is proposed for the example study, and who is left out."""
    found = search(options.ladders, k=5, max_suppressed=0.1)
    assert found.best is not None
    own = suggestion(study.schemas, options, found, k=5, max_suppressed=0.1)
    assert own is not None
    return own, found.best.suppressed


def test_finest_levels_are_what_is_declared(study, options):
    """The classes on the first levels are those of the tables as the study releases them."""
    vectors = participant_vectors(study.treat(study.schemas))
    columns = [each.at(0) for each in options.ladders]
    _, sizes = np.unique(np.column_stack(columns), axis=0, return_counts=True)
    assert sorted(sizes.tolist()) == sorted(vectors.classes().sizes.tolist())
    assert vectors.classes().sizes.min() < 5


def test_every_released_quasi_identifier_of_participants_has_levels(study, options):
    """Each is in one ladder; a table of many rows a participant has one for all its fields.

    A participant's coach is known to the coach. The coders are no participants, and what is known of
    them is not counted here.
    """
    released = {
        (name, field.name)
        for name, schema in study.schemas.items()
        for field in schema
        if (field.disclosure.role is Role.QUASI_IDENTIFIER or field.name == "coach_id")
        and field.disclosure.treatment.method != "drop"
        and name != "coders"
    }
    covered = [column for steps in options.steps for column in steps[0]]
    assert set(covered) == released
    assert len(covered) == len(released)


def test_accepted_proposal_reaches_k(study, proposed):
    """Treated as proposed and without those left out, every participant has k - 1 others alike."""
    own, left_out = proposed
    vectors = participant_vectors(study.treat(study.declaring(own.treatments)))
    assert vectors.classes(counted=~left_out).sizes.min() >= 5
    assert own.n_suppressed == left_out.sum() <= 0.1 * own.n_participants


def test_proposal_reads_back_from_its_lines(proposed):
    """The printed lines are TOML, and say of each field what the search found."""
    own, _ = proposed
    read = tomllib.loads(own.toml)
    assert read["release"] == {"max_suppressed": 0.1}
    told = {
        (table, field): Treatment(words.pop("method"), words)
        for table, fields in read["treatments"].items()
        for field, words in fields.items()
    }
    assert told == {
        column: Treatment(each.method, dict(each.parameters)) for column, each in own.treatments.items()
    }
    assert own.json["treatments"]["participants"].keys() == read["treatments"]["participants"].keys()


def test_proposal_says_how_sure_it_is(proposed):
    """The first line has the loss, whether the search was exact, and how many are left out."""
    own, _ = proposed
    assert own.is_exact
    assert f"the least of all {own.n_nodes:,} combinations" in " ".join(own.toml.replace("\n# ", " ").split())
    assert all(len(line) <= 80 for line in own.toml.splitlines() if line.startswith("#"))


def test_a_higher_k_is_said_under_release(proposed):
    """Where the average risk demands more than k, the k to declare is among the lines."""
    own, _ = proposed
    assert "k" not in tomllib.loads(own.toml)["release"]
    assert tomllib.loads(replace(own, declared_k=3).toml)["release"]["k"] == own.k


def test_a_budget_is_said(proposed):
    """A search that was cut short says how far it came."""
    own, _ = proposed
    cut = replace(own, is_exact=False)
    assert f"of {own.n_counted:,} combinations counted" in cut.words[0]


def test_proposal_says_what_each_field_loses(proposed):
    """A field that is dropped loses everything, any other at most that.

    Of a table with many rows a participant the waves are left, so that less than everything is lost.
    """
    own, _ = proposed
    for column, treatment in own.treatments.items():
        assert 0 < own.losses[column] <= 1 + 1e-9
        assert (
            treatment.method != "drop"
            or column[0] != "participants"
            or own.losses[column] == pytest.approx(1)
        )
    assert "# 100% lost" in own.toml


def test_proposal_names_only_what_changes(study, proposed):
    """A field whose declared treatment suffices is not named."""
    own, _ = proposed
    for (table, name), treatment in own.treatments.items():
        assert study.schemas[table][name].disclosure.treatment == own.declared[table, name] != treatment


def test_fixed_fields_stay(study):
    """A field that must stay has one level, and so is never in a proposal."""
    column = ("participants", "deployed")
    found = options_of(study.schemas, study.treat, below=5, fixed=frozenset({column}))
    (own,) = [each for each in found.ladders if each.name == "participants.deployed"]
    assert own.height == 0


def test_fields_with_weight_lose_for_more(study):
    """A field's importance is its ladder's weight."""
    found = options_of(study.schemas, study.treat, below=5, weights={("participants", "age"): 4.0})
    (own,) = [each for each in found.ladders if each.name == "participants.age"]
    assert own.weight == 4


def test_study_without_participants_is_refused(study):
    """Levels are counted over participants."""
    with pytest.raises(ValueError, match="no such table is released"):
        options_of({}, lambda _: {}, below=5)


def test_no_solution_is_no_suggestion(study, options):
    """Where nothing meets the criteria there is nothing to accept."""
    nothing = search(options.ladders, k=10_000)
    assert nothing.best is None
    assert suggestion(study.schemas, options, nothing, k=10_000, max_suppressed=0) is None


def test_inline_hierarchy_is_written_as_toml():
    """A hierarchy of the study's own stands in the line, names quoted where they must be."""
    tree = {"levels": ["one", "two words"], "tree": {'a "b"': ["x", "y\x7f"]}, "aliases": {}}
    treatment = Treatment("generalize", MappingProxyType({"hierarchy": tree, "level": "two words"}))
    column = ("t", "f g")
    own = Suggestion(
        k=5,
        declared_k=5, treatments={column: treatment},
        declared={column: Treatment("keep")}, losses={column: 0.5},
        n_suppressed=0, n_participants=9, max_suppressed=0.0, loss=0.5, is_exact=True, n_nodes=4, n_counted=2,
    )  # fmt: skip
    read = tomllib.loads(own.toml)
    assert read == {
        "treatments": {"t": {"f g": {"method": "generalize", "hierarchy": tree, "level": "two words"}}}
    }


def test_reprs_show_no_value(options, proposed):
    """Ladders and proposals are shown by their sizes and names."""
    assert repr(options) == f"<Options of {len(options.ladders)} ladders>"
    assert "array" not in repr(proposed[0])
