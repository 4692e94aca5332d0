import pytest

from ppdarchive.synthetic import write_study

from .study_files import profile


@pytest.fixture(scope="session")
def study(tmp_path_factory):
    """The default study: its folder and its counts."""
    folder = tmp_path_factory.mktemp("example") / "study"
    return folder, write_study(folder, profile=profile())


@pytest.fixture(scope="session")
def faulty_study(tmp_path_factory):
    """The default study with faults planted: its folder and its counts."""
    folder = tmp_path_factory.mktemp("faulty") / "study"
    return folder, write_study(folder, profile=profile(), faults=True)
