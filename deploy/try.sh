#!/bin/sh
# Start the service for trying it out: key, schema and first owner are made where there are none.
set -eu
umask 077
mkdir -p instance
[ -n "${SECRET_KEY:-}" ] || {
    [ -s instance/secret_key ] || python -c 'import secrets; print(secrets.token_hex(32))' > instance/secret_key
    SECRET_KEY=$(cat instance/secret_key)
    export SECRET_KEY
}
flask db upgrade

owner=$(flask users list | awk -F '\t' '$2 == "owner" && $4 == "active" { print $1; exit }')
if [ -z "$owner" ]; then
    owner=owner@example.com
    python -c 'import secrets; print(secrets.token_urlsafe(12))' > instance/owner_password
    flask users add "$owner" --workspace Acme --role owner --country KE --password-stdin < instance/owner_password
fi
password="its password"
[ "$owner" != owner@example.com ] || [ ! -s instance/owner_password ] || password=$(cat instance/owner_password)

address=http://127.0.0.1:${PORT:-8000}
cat <<TEXT

SendyStack Contacts: $address
Sign in with POST $address/session as $owner, password: $password

Create a contact with the owner's session:

curl -s $address/internal/contacts -H 'Authorization: Bearer $(flask users session "$owner")' -H 'Content-Type: application/json' -d '{"name": "Jane Doe", "phone": "+254700000000", "country": "KE", "attributes": {"rent_amount": "25000", "invoice_no": "ALF-0042"}, "tags": ["tenant", "nairobi"]}'

TEXT
exec gunicorn --bind "127.0.0.1:${PORT:-8000}"
