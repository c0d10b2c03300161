"""Serves the search of docker-registry 0.9.1, the registry of the time before v2, on a Python that came after it.

usage: v1_registry.py CONFIG PORT SEED

CONFIG is the registry's own file, SEED a JSON list of [name, description], which are put into its index: its own
pushes know no descriptions. The registry was written for Python 2.7; of what that had and Python 3 has not, only what
the search needs is made up for.
"""

import builtins
import json
import lzma
import os
import sys
import types
import urllib.parse
from wsgiref.simple_server import make_server

import yaml

CONFIG, PORT, SEED = sys.argv[1:]

builtins.basestring = str
urllib.quote_plus = urllib.parse.quote_plus

# PyYAML asks for a loader now.
load = yaml.load
yaml.load = lambda text, Loader=yaml.SafeLoader: load(text, Loader)

# For keys, greenlets and compressed layers, none of which a search has.
for name, contents in {
    "M2Crypto": {"BIO": None, "RSA": None},
    "gevent": {},
    "backports": {"lzma": lzma},
    "backports.lzma": vars(lzma),
}.items():
    module = types.ModuleType(name)
    vars(module).update({key: value for key, value in contents.items() if not key.startswith("__")})
    sys.modules[name] = module

os.environ["DOCKER_REGISTRY_CONFIG"] = CONFIG

# The lock of the index is named by an attribute that functions no longer have. There is one process.
from docker_registry import toolkit  # noqa: E402

toolkit.exclusive_lock = lambda function: function

from docker_registry.wsgi import application  # noqa: E402
from docker_registry.lib.index.db import Repository  # noqa: E402
from docker_registry.search import INDEX  # noqa: E402

session = INDEX._session()
with open(SEED, encoding="utf-8") as seed:
    for name, description in json.load(seed):
        session.add(Repository(name=name, description=description))
session.commit()
session.close()

make_server("127.0.0.1", int(PORT), application).serve_forever()
