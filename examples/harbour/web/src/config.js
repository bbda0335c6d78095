'use strict';

// Addresses and keys of the web front.
module.exports = {
  port: Number(process.env.PORT || 3000),
  apiUrl: process.env.API_URL || 'http://api:8080',
  publicUrl: 'https://app.harbour.example',

  // Planted: a map key without referrer restriction.
  mapsApiKey: '__PLANT_GOOGLE_API_KEY__',

  // Planted: anyone who has this address posts to the operators' channel.
  alertWebhook: '__PLANT_SLACK_WEBHOOK__',

  // Not credentials: references, a public key, an id, a content hash.
  stripePublishableKey: '__PLANT_DECOY_STRIPE_PUBLISHABLE__',
  sessionSecret: process.env.SESSION_SECRET,
  apiKey: process.env.HARBOUR_API_KEY || '<your-api-key>',
  analyticsId: '__PLANT_DECOY_UUID_2__',
  assetVersion: '__PLANT_DECOY_MD5__',
};
