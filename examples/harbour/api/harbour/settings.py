"""Settings of the API, read from the environment with defaults for a developer's machine."""

import os

# Planted: signs every session cookie, and is the same in all environments.
SECRET_KEY = "__PLANT_FLASK_SECRET_KEY__"

DATABASE_URL = os.environ.get("DATABASE_URL", "postgresql://localhost/harbour")
REDIS_URL = os.environ.get("REDIS_URL", "redis://localhost:6379/0")

UPLOAD_ROOT = os.environ.get("UPLOAD_ROOT", "/var/lib/harbour/uploads")
MAX_UPLOAD_BYTES = 20 * 1024 * 1024

# Planted: a mail provider's key as the default of a setting.
SENDGRID_API_KEY = os.environ.get("SENDGRID_API_KEY", "__PLANT_SENDGRID_KEY__")
MAIL_FROM = "billing@harbour.example"

SESSION_COOKIE_NAME = "harbour_session"
SESSION_COOKIE_SECURE = False
PASSWORD_RESET_TOKEN_TTL = 3600

# Not credentials: a feature flag's id, the build that is running, and a name that merely sounds secret.
FEATURE_FLAG_BERTH_MAP = "__PLANT_DECOY_UUID__"
BUILD_COMMIT = "__PLANT_DECOY_COMMIT__"
PASSWORD_FIELD_NAME = "current_password"
SECRET_MANAGER_PATH = "harbour/production/api"
