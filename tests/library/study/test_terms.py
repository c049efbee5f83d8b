"""The shared words fit each other and the labels of the masks."""

import ast
import inspect

from contrast2map.imaging import masks
from contrast2map.study import terms


def test_the_vocabulary_imports_nothing():
    tree = ast.parse(inspect.getsource(terms))
    assert not [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]


def test_each_term_has_its_words():
    assert terms.TISSUE_NAMES.keys() == terms.TISSUE_SYMBOLS.keys() == masks.TISSUE_LABELS.keys()
    assert terms.REGIONS == tuple(masks.ROI_LABELS) == tuple(terms.REGIONS_IN_SENTENCES)
    assert set(terms.REGION_NAMES) == {*terms.ERROR_MASKS, *terms.REGIONS}
    assert terms.PARAMETER_NAMES.keys() == terms.PARAMETER_UNITS.keys()


def test_units_of_parameters_are_those_of_their_names():
    suffixes = {"s": "_s", "degrees": "_deg"}
    for name, unit in terms.PARAMETER_UNITS.items():
        assert name.endswith(suffixes[unit])


def test_a_cell_is_named_by_quantity_and_region():
    assert terms.cell_name({"quantity": "T1", "region": "putamen"}) == "T1 of the putamen"
