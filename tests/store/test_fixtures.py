"""Agreement with ocfl-py 2.1.0 on made objects; its verdicts are recorded by `scripts/record_ocfl.py`.

Every object of OCFL/fixtures (good, warn and bad, versions 1.0 and 1.1) has an equivalent among them that
shows the same and was made anew; so have the objects that the tests of ocfl-py add, and more of ours.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ppdarchive.store.verify import Verification

from .made import CASES, N_DRAWN, drawn

RECORDED: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "ocfl_py.json").read_text("utf-8"))
RECORDER = Path(__file__).parents[2] / "scripts" / "record_ocfl.py"
DRAWN: list[bool] = RECORDED.pop("drawn")["valid"]

# Its codes have a letter after them; some findings have another number in the list of 1.1.
CODES = {
    "E037b": "E110",
    "E041c": "E106",
    "E044": "E045",
    "E069b": "E076",
    "E069e": "E080",
    "E086": "E112",
    "W901": "W016",
}

# What ocfl-py says more, less or otherwise, and why we do not.
DIFFERENCES = {
    "takes any name below extensions/ for unregistered: it compares the whole path": (
        "good_logs_and_registered_extension",
        "root_good_deep",
    ),
    "names E006 for whatever the object's declaration is, besides that it has none then": (
        "E004_unknown_version",
        "E005_other_tag",
        "E006_other_declaration",
    ),
    "takes a declaration without its newline": ("E007_declaration_without_newline",),
    "stops at the first number that is missing, and takes what follows for no versions": (
        "E009_version_two_only",
        "E010_skipped_versions",
        "E011_E013_invalid_padded_head_version",
        "E012_mixed_padding",
        "E001_invalid_version_format",
        "E104_name_without_v",
        "E105_version_zero",
    ),
    "says of a version folder that is missing that it has no inventory, too": (
        "E010_missing_versions",
        "E046_missing_version_dir",
    ),
    "does not compare the content when the inventory has an error": (
        "E015_content_not_in_content_dir",
        "E019_inconsistent_content_dir",
        "E101_conflicting_content_paths",
    ),
    "names a sidecar of another algorithm an unknown file, and the right one missing; E059 is made for it": (
        "E059_other_algorithm",
    ),
    "reads a list as an inventory without keys": ("E033_not_an_object",),
    "takes the last of two equal keys": ("E033_key_twice",),
    "does not compare the type with the declaration (E038)": ("E038_type_not_declared",),
    "goes on with SHA-512 after an algorithm that is none": (
        "E025_wrong_digest_algorithm",
        "E025_digest_algorithm_not_a_text",
    ),
    "breaks": (
        "E041_no_manifest",
        "E098_content_path_not_a_text",
        "E047_version_not_an_object",
        "E051_logical_path_not_a_text",
    ),
    "takes no digest for known after a list that is none, or for used after a state that is none": (
        "E041_manifest_not_object",
        "E092_not_a_list",
        "E048_no_state",
        "E050_state_not_an_object",
        "E050_state_not_a_list",
        "E049_E050_E054_bad_version_block_values",
    ),
    "does not know E108": ("E108_content_dir_not_a_name", "E108_content_dir_not_a_text"),
    "lets keys stand that are not specified (E102)": (
        "E102_unknown_key",
        "E102_unknown_version_key",
        "E102_unknown_user_key",
    ),
    "names the form of a digest by the block (E025, E050, E057), we by the algorithm (E029 to E032, E039)": (
        "E030_manifest_digest_form",
        "E031_manifest_digest_form",
        "E039_digest_of_other_algorithm",
        "E029_sha1_form",
        "E032_blake2b_form",
    ),
    "says E042 of whatever is no content path": ("E035_backslashes", "E014_version_written_otherwise"),
    "takes a digest without a path for one that the manifest does not have": ("E092_digest_without_path",),
    "has no word for names that mislead a reader": (
        "P003_control_character",
        "P003_content_paths_that_differ_in_case",
        "P003_logical_paths_that_differ_in_case",
        "root_P003_objects_that_differ_in_case",
    ),
    "checks the form of a fixity block's paths by looking for them in the manifest": (
        "E100_E099_fixity_invalid_content_paths",
    ),
    "compares the manifests of earlier versions with each other, not with what is stored": (
        "E023_first_manifest_missing_entries",
    ),
    "says E066 of an inventory that lies in the wrong version folder": ("E040_wrong_version_in_version_dir",),
    "follows links, out of the object as well": (
        "E090_content_is_a_link",
        "E090_link_among_the_content",
        "E090_hard_link",
        "root_E090_object_is_a_link",
    ),
    "names E069 for whatever the storage root's declaration is": (
        "root_E077_unknown_version",
        "root_E078_other_tag",
        "root_E079_other_declaration",
    ),
    "does not compare objects with the storage root, its layout or each other": (
        "root_E081_later_object",
        "root_E083_object_elsewhere",
        "root_E037_one_id_twice",
        "root_W015_mixed_depths",
    ),
}
EXPLAINED = {name for names in DIFFERENCES.values() for name in names}

STRICTER = {
    *("E007_declaration_without_newline", "E033_key_twice", "E038_type_not_declared", "E090_hard_link"),
    *("E102_unknown_key", "E102_unknown_version_key", "E102_unknown_user_key"),
    *("P003_content_paths_that_differ_in_case", "P003_logical_paths_that_differ_in_case"),
    *("E023_first_manifest_missing_entries", "root_E081_later_object", "root_E083_object_elsewhere"),
    *("root_P003_objects_that_differ_in_case", "root_E037_one_id_twice", "root_E090_object_is_a_link"),
}
"""What ocfl-py takes for valid, and we do not."""

# Names of OCFL/fixtures that are not those of our equivalents.
FIXTURES = {
    "minimal_content_dir_called_stuff": "good_content_folder_stuff",
    "minimal_mixed_digests": "W004_versions_diff_digests",
    "minimal_no_content": "good_no_content",
    "minimal_one_version_one_file": "good_one_version",
    "minimal_uppercase_digests": "good_uppercase_digests",
    "ocfl_object_all_fixity_digests": "good_all_fixity_digests",
    "spec-ex-full": "good_three_versions",
    "spec-ex-minimal": "good_one_version",
    "updates_all_actions": "good_three_versions",
    "updates_three_versions_one_file": "good_three_versions",
    "empty_fixity": "good_empty_fixity",
    "W007_spec-ex-diff-paths": "good_digests_shared_by_files",
    "W009_spec-ex-minimal": "W009_user_address_not_uri",
    "E050_file_in_manifest_not_used": "E107_file_in_manifest_not_used",
    "E096_manifest_duplicate_digests": "E096_manifest_repeated_digest",
    "E097_fixity_duplicate_digests": "E097_fixity_repeated_digest",
}
SAME_NAMES = """
E001_extra_dir_in_root E001_extra_file_in_root E001_invalid_version_format E001_v2_file_in_root
E003_E063_empty E003_no_decl E003_two_declarations E007_bad_declaration_contents
E008_E036_no_versions_no_head E009_version_two_only E010_missing_versions E010_skipped_versions
E011_E013_invalid_padded_head_version E015_content_not_in_content_dir E017_invalid_content_dir
E019_content_dir_set_in_v2_not_v1 E019_inconsistent_content_dir E020_inconsistent_content_directory
E023_extra_file E023_missing_file E023_old_manifest_missing_entries E024_empty_dir_in_content
E025_wrong_digest_algorithm E033_inventory_bad_json E036_no_head E036_no_id E037_inconsistent_id
E038_type_not_str E040_head_not_most_recent E040_wrong_head_doesnt_exist E040_wrong_head_format
E040_wrong_version_in_version_dir E041_manifest_not_object E041_no_manifest
E042_bad_manifest_content_path E046_missing_version_dir E046_root_not_most_recent
E049_E050_E054_bad_version_block_values E049_created_no_timezone E049_created_not_to_seconds
E050_manifest_digest_wrong_case E050_state_digest_different_case E050_state_digest_not_in_manifest
E050_state_repeated_digest E053_E052_invalid_logical_paths E056_null_fixity E058_no_sidecar
E060_E064_root_inventory_digest_mismatch E060_version_inventory_digest_mismatch E061_invalid_sidecar
E063_no_inv E064_different_root_and_latest_inventories E066_E092_old_manifest_digest_incorrect
E066_algorithm_change_state_mismatch E066_changed_content_for_logical_path E066_changed_v1_logical_path
E067_file_in_extensions_dir E092_E093_content_path_does_not_exist E092_algorithm_change_incorrect_digest
E092_bad_manifest_digest E092_content_file_digest_mismatch E093_fixity_digest_mismatch
E093_fixity_digest_mismatch_in_v1 E094_message_not_a_string E095_conflicting_logical_paths
E095_non_unique_logical_paths E096_manifest_repeated_digest E097_fixity_repeated_digest
E099_bad_content_path_elements E100_E099_fixity_invalid_content_paths
E100_E099_manifest_invalid_content_paths E101_non_unique_content_paths E103_older_spec_v2
E107_file_in_manifest_not_used E111_null_fixity
W001_W004_W005_zero_padded_versions W001_zero_padded_versions W002_extra_dir_in_version_dir
W003_empty_content_dir W004_uses_sha256 W004_versions_diff_digests W005_id_not_uri
W007_no_message_or_user W008_user_no_address W009_user_address_not_uri W010_no_version_inventory
W011_version_inv_diff_metadata W013_unregistered_extension
"""


def theirs(name: str) -> set[str]:
    """Return the codes of ocfl-py in the numbers of the list of 1.1."""
    return {CODES.get(code, code[:4]) for code in RECORDED[name]["codes"]}


@pytest.mark.parametrize("name", sorted(CASES))
def test_codes_agree(name: str) -> None:
    """Ours are the codes of ocfl-py, or a reason is given, and none where there is no difference."""
    agrees = theirs(name) == set(CASES[name].codes) and "breaks" not in RECORDED[name]
    assert agrees != (name in EXPLAINED)


@pytest.mark.parametrize("name", sorted(CASES))
def test_verdicts_agree(name: str) -> None:
    """What ocfl-py refuses is refused here; what we refuse besides is listed."""
    valid = not any(code[0] in "EP" for code in CASES[name].codes)
    assert RECORDED[name]["valid"] == (valid or name in STRICTER)


def test_the_record_is_what_ocfl_py_says() -> None:
    """Asked anew of every made object, the installed ocfl-py says what was recorded of it."""
    n_drawn = 10
    command = [sys.executable, str(RECORDER), str(n_drawn)]
    said = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert said.pop("drawn")["valid"] == DRAWN[:n_drawn]
    assert said == RECORDED


def test_every_fixture_has_an_equivalent() -> None:
    """Each object of OCFL/fixtures and of ocfl-py's own tests is made anew here."""
    assert {*SAME_NAMES.split(), *FIXTURES.values()} <= CASES.keys()


def test_nothing_is_recorded_that_is_not_made() -> None:
    """The record is of these cases, all and no others."""
    assert RECORDED.keys() == CASES.keys()
    assert CASES.keys() >= EXPLAINED


def test_verdicts_agree_on_drawn_objects(tmp_path: Path) -> None:
    """Of inventories changed at random, ours differs only where a key is not specified (E102)."""
    assert len(DRAWN) == N_DRAWN
    assert 20 < sum(DRAWN) < N_DRAWN - 20
    for seed, valid in enumerate(DRAWN):
        folder = drawn(seed).write(tmp_path / str(seed))
        problems = list(Verification(folder, kind="object", fixity=True))
        errors = {problem.code for problem in problems if problem.severity == "error"}
        assert errors == {"E102"} or valid == (not errors), seed
