#!/bin/sh
# Nightly dump of the database, encrypted, to blob storage.
set -eu

AZURE_STORAGE_CONNECTION_STRING="DefaultEndpointsProtocol=https;AccountName=harbourbackup;AccountKey=__PLANT_AZURE_STORAGE_KEY__;EndpointSuffix=core.windows.net"
export AZURE_STORAGE_CONNECTION_STRING

PASSPHRASE=$(cat /run/secrets/backup-passphrase)
DUMP=$(mktemp)
trap 'rm -f "$DUMP"' EXIT

pg_dump --no-password "$DATABASE_URL" >"$DUMP"
openssl enc -aes-256-cbc -pbkdf2 -pass env:PASSPHRASE -in "$DUMP" -out "$DUMP.enc"
az storage blob upload --container-name nightly --file "$DUMP.enc" --name "harbour-$(date +%F).sql.enc"
