# Everything sets itself up: only Python 3.11 or later (with venv) and make are needed.
PYTHON ?= python3
VENV   := .venv
PEERS  := .venv-peers
SBOM   := .venv-sbom
BIN    := $(VENV)/bin
FUZZ   := .venv-fuzz
SCENARIOS ?= $(patsubst molecule/%/molecule.yml,%,$(wildcard molecule/*/molecule.yml))
SHELL  := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

.PHONY: help demo test test-long test-peers test-linux molecule fuzz contract-vault contract-windows check lint types contracts audit ansible sbom format bench lock clean

help:            ## what there is
	@grep -hE '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 16

$(VENV)/.ready: requirements/dev.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(PEERS)/.ready: requirements/peers.txt pyproject.toml
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/peers.txt
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(FUZZ)/.ready: requirements/fuzz.txt
	$(PYTHON) -m venv $(FUZZ)
	$(FUZZ)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/fuzz.txt
	@touch $@

# the runtime environment holds the lock and nothing else, not even pip: it is what the list of parts lists
$(SBOM)/.ready: requirements/sbom.txt requirements/runtime.txt
	$(PYTHON) -m venv --clear $(SBOM)/tool
	$(PYTHON) -m venv --clear --without-pip $(SBOM)/runtime
	$(SBOM)/tool/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/sbom.txt
	$(SBOM)/tool/bin/python -m pip --python $(SBOM)/runtime/bin/python install --quiet --disable-pip-version-check \
	  --require-hashes -r requirements/runtime.txt
	@touch $@

demo: $(VENV)/.ready  ## the whole story on the lab, in a minute or two
	$(BIN)/trustctl demo --report demo-report.html

# two workers a core: half of the time the tests wait for a device's timer; in the order of tests/conftest.py, as xdist's
# own ends with the files of few tests, which are the long ones
test: $(VENV)/.ready  ## the tests, in a few minutes
	$(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder -m "not long and not peers"

test-long: $(VENV)/.ready  ## thousands of generated examples
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "long" --timeout 3600
	@if [ "$$(id -u)" = 0 ]; then TRUSTCTL_LINUX_TESTS="linux and long" $(MAKE) test-linux; \
	else echo "not run, as it needs root: the long tests on Linux hosts (lynis, ssh-audit)"; fi

test-peers: $(PEERS)/.ready  ## other people's clients and oracles against ours
	$(PEERS)/bin/python -m pytest -m "peers" --timeout 600

test-linux: $(VENV)/.ready  ## real Linux hosts on this machine (as root, on Debian or Ubuntu)
	tools/linux_lab.sh $(BIN)/python

molecule: $(VENV)/.ready  ## each Ansible role alone against the lab's Windows hosts, or those that SCENARIOS names
	@home=$$(mktemp -d); trap 'rm -rf "$$home"' EXIT; for scenario in $(SCENARIOS); do \
	  PATH="$(CURDIR)/$(BIN):$$PATH" ANSIBLE_HOME="$$home" $(BIN)/molecule test -s "$$scenario"; done

fuzz: $(FUZZ)/.ready  ## fuzz every reader for FUZZ_SECONDS (60) each, or those that TARGETS names
	PYTHONPATH=$(CURDIR) $(FUZZ)/bin/python tools/fuzz/run.py $(TARGETS)

contract-vault: $(VENV)/.ready  ## the Vault store against a scratch server: VAULT_ADDR, VAULT_TOKEN (VAULT_CACERT)
	@: "$${VAULT_ADDR:?name a scratch server of Vault or OpenBao}" "$${VAULT_TOKEN:?a token that may make mounts and policies}"
	TRUSTCTL_CONTRACT_VAULT=1 $(BIN)/python -m pytest -p no:randomly tests/secrets/vault/test_contract.py tests/secrets/vault/test_contract_tokens.py

contract-windows: $(VENV)/.ready  ## every module of the Windows roles on a scratch server: HOST, USER (PORT, AUTH, CA); asks for the password
	$(if $(HOST),,$(error HOST=: a Windows Server that may be broken))
	$(if $(filter command line,$(origin USER)),,$(error USER=: an administrator of it))
	$(BIN)/python tools/contract_windows/contract_pack.py --host '$(HOST)' --user '$(USER)' \
	  $(if $(PORT),--port '$(PORT)') $(if $(AUTH),--auth '$(AUTH)') $(if $(CA),--ca '$(CA)')

check: lint types contracts audit ansible  ## lint, types, import contracts, faults that bandit knows, licences, roles

lint: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell trustctl templates roles playbooks molecule docs tests inventory README.md ARCHITECTURE.md CHANGELOG.md CONTRIBUTING.md
	$(BIN)/deptry .
	$(BIN)/python tools/powershell.py

types: $(VENV)/.ready
	$(BIN)/mypy
	$(BIN)/pyright

contracts: $(VENV)/.ready
	$(BIN)/lint-imports

audit: $(VENV)/.ready
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive trustctl
	$(BIN)/python tools/licences.py

# ansible-lint starts Ansible for each playbook: half a minute
ansible: $(VENV)/.ready
	$(BIN)/yamllint --strict roles playbooks molecule templates/windows .config .ansible-lint .yamllint
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/ansible-lint -q roles playbooks

format: $(VENV)/.ready  ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.ready $(PEERS)/.ready  ## measure on the lab beside bare netmiko, and servers beside pyinfra and Ansible
	$(BIN)/python tools/bench.py
	$(BIN)/python tools/bench_hosts.py
	$(BIN)/python tools/bench_windows.py

sbom: $(VENV)/.ready $(SBOM)/.ready  ## the list of parts of what a user installs (CycloneDX), into dist/
	@mkdir -p dist
	$(SBOM)/tool/bin/cyclonedx-py environment --pyproject pyproject.toml --mc-type application --output-reproducible \
	  --spec-version 1.6 --output-format JSON --output-file dist/trustctl.cdx.json $(SBOM)/runtime/bin/python
	$(BIN)/python tools/licences.py --sbom dist/trustctl.cdx.json

lock:            ## compile the lock files (needs uv)
	uv pip compile -q pyproject.toml --extra windows --group dev --generate-hashes --no-emit-index-url --python-version 3.11 --universal -o requirements/dev.txt
	uv pip compile -q pyproject.toml --extra windows --group dev --group peers --generate-hashes --no-emit-index-url --python-version 3.11 --universal -o requirements/peers.txt
	uv pip compile -q pyproject.toml --generate-hashes --no-emit-index-url --python-version 3.11 --universal -o requirements/runtime.txt
	uv pip compile -q pyproject.toml --extra windows --generate-hashes --no-emit-index-url --python-version 3.11 --universal -o requirements/windows.txt
	uv pip compile -q pyproject.toml --group fuzz --generate-hashes --no-emit-index-url --python-version 3.11 --universal -o requirements/fuzz.txt
	uv pip compile -q --group sbom --generate-hashes --no-emit-index-url --python-version 3.11 --universal -o requirements/sbom.txt

clean:
	rm -rf $(VENV) $(PEERS) $(SBOM) $(FUZZ) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
