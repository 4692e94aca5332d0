"""Survey answers with planted identifiers, to judge the text engine by; none of it serves its training.

Templates, lists and writers are this package's own. Names are kept only where the lexicons' split puts
them in the held-out half, so that no name is met in generated training texts too.
"""
