import os
from pathlib import Path

import pytest
from fakes import WordCounter, write_pages

pytest.register_assert_rewrite("browsing")

os.environ["HF_HUB_OFFLINE"] = "1"  # no test may ask a model hub
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def home(tmp_path):
    """A folder for an index; not there yet."""
    return tmp_path / "home"


@pytest.fixture
def pages(tmp_path):
    """A folder with two small pages, `reports` and `health`."""
    return write_pages(tmp_path / "pages")


@pytest.fixture
def embedder():
    return WordCounter()


@pytest.fixture(scope="session")
def collection():
    """The folder of the 167 further pages of the bundled page's family."""
    folder = Path(os.environ.get("SOC_COLLECTION", ROOT.parent / "shared" / "data" / "compliance-ko"))
    if not folder.is_dir():
        pytest.skip(f"the collection is not at {folder}; set SOC_COLLECTION to its folder")
    return folder
