"""A dashboard that only signs users in, in a process of its own.

It shares SECRET_KEY and the name of the cookie with the service, but no code.
"""

import os

from flask import Flask
from flask_login import LoginManager, UserMixin, login_user


class Person(UserMixin):
    def __init__(self, person_id):
        self.id = person_id


app = Flask(__name__)
app.config.update(SECRET_KEY=os.environ["SECRET_KEY"], SESSION_COOKIE_SECURE=True, SESSION_COOKIE_SAMESITE="Lax")
login_manager = LoginManager(app)
login_manager.user_loader(Person)


@app.post("/sign-in/<person_id>")
def sign_in(person_id):
    login_user(Person(person_id))
    return {"signedIn": person_id}
