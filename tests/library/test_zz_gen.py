import shutil, yaml, json, pytest, os
from pathlib import Path
from kb.library.folders import load
from tests.library import test_libraries_of_other_tools as t
@pytest.mark.django_db
@pytest.mark.parametrize("tool", sorted(p.name for p in t.SAMPLES.iterdir() if p.is_dir()))
def test_gen(folder, tool, client):
    shutil.copytree(t.SAMPLES / tool, folder, dirs_exist_ok=True)
    report = load.load([folder])
    out = {"drafts": sorted(report.drafts), "told": t._told(report), "links": t._links(), "problems": t._problems()}
    Path(f"/tmp/fw/exp-{tool}.json").write_text(json.dumps(out, ensure_ascii=False))
    print(report.failed)
    for f in report.findings: print("F", f)
    for what in (lambda: t._assert_all_can_be_read(client, report), lambda: t._assert_nothing_hidden_is_public(client)):
        try: what()
        except AssertionError as e: print("ASSERT", str(e)[:600])
