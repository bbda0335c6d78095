'use strict';

const axios = require('axios');
const crypto = require('node:crypto');
const express = require('express');
const jwt = require('jsonwebtoken');

const config = require('../config');

const router = express.Router();

router.get('/sign-in', (req, res) => res.render('sign-in', { error: null }));

router.post('/sign-in', async (req, res) => {
  try {
    const answer = await axios.post(`${config.apiUrl}/auth/sign-in`, { email: req.body.email, password: req.body.password });
    // Flaw: readable by scripts, sent over http, and to other sites.
    res.cookie('session', answer.data.token, { httpOnly: false, secure: false, sameSite: 'none' });
    // Flaw: redirects anywhere.
    res.redirect(req.query.next || '/');
  } catch (error) {
    res.status(401).render('sign-in', { error: 'Wrong email or password' });
  }
});

router.get('/welcome', (req, res) => {
  // Flaw: the name is written into the page as it came.
  res.send(`<h1>Welcome, ${req.query.name}</h1>`);
});

router.get('/me', (req, res) => {
  // Flaw: no algorithm named, so a token signed with the public key passes.
  const session = jwt.verify(req.cookies.session, config.sessionSecret);
  res.json({ tenant: session.tenant, role: session.role });
});

router.get('/avatar/:email', (req, res) => {
  // Not a flaw: MD5 names a picture here and protects nothing.
  const name = crypto.createHash('md5').update(req.params.email).digest('hex');
  res.redirect(`https://avatars.harbour.example/${name}`);
});

module.exports = router;
