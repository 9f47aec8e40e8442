import sys
from pathlib import Path

for image in ("airflow", "backup", "kafka", "keycloak"):
    sys.path.insert(0, str(Path(__file__).parents[2] / "images" / image))
