'use strict';

const cookieParser = require('cookie-parser');
const express = require('express');
const morgan = require('morgan');
const path = require('node:path');

const config = require('./config');

const app = express();
app.set('view engine', 'ejs');
app.set('views', path.join(__dirname, '..', 'views'));

app.use(morgan('combined'));
app.use(express.json({ limit: '1mb' }));
app.use(express.urlencoded({ extended: true }));
app.use(cookieParser(config.sessionSecret));
app.use(express.static(path.join(__dirname, '..', 'public')));

// Flaw: any site may read answers with the visitor's cookies.
app.use((req, res, next) => {
  res.set('Access-Control-Allow-Origin', req.headers.origin || '*');
  res.set('Access-Control-Allow-Credentials', 'true');
  next();
});

app.use('/', require('./routes/account'));
app.use('/berths', require('./routes/berths'));
app.use('/proxy', require('./routes/proxy'));

if (require.main === module) {
  app.listen(config.port, () => console.log(`harbour-web on ${config.port}`));
}

module.exports = app;
