// Makes the self-signed Ed25519 certificate (RFC 5280, RFC 8410) of a device key, as hand-written DER.
//
// Peers pin the key and ignore names and dates, so the certificate contains neither a user name nor its date of issue.
// It is a function of the key alone.

import { createPublicKey, sign } from 'node:crypto';
import { copyOf, utf8 } from '../../protocols/kit/bytes.js';
import { primitives, type SigningKey } from '../crypto.js';

/** A certificate and its secret key, both PEM, and the raw public key (base64url) by which peers know it. */
export interface Certificate {
  readonly certificate: string;
  readonly secret: string;
  readonly publicKey: string;
}

/** The certificate of a key. Every call gives the same. */
export function makeCertificate(key: SigningKey): Certificate {
  const signed = tbsCertificate(key);
  const signature = sign(null, signed, key.secret);
  const der = sequence(signed, ED25519, tagged(TAG.bitString, Uint8Array.of(0), signature));
  const secret = key.secret.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { certificate: pem(der), secret, publicKey: key.publicKey };
}

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectId: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  version: 0xa0,
  extensions: 0xa3,
} as const;

const ED25519 = sequence(objectId('2b6570'));
const NAME = sequence(tagged(TAG.set, sequence(objectId('550403'), tagged(TAG.utf8String, utf8('kith')))));

/** From 2020 to the day that RFC 5280 (4.1.2.5) gives to certificates without a well-defined end. */
const VALIDITY = sequence(
  tagged(TAG.utcTime, utf8('200101000000Z')),
  tagged(TAG.generalizedTime, utf8('99991231235959Z')),
);

const CRITICAL = tagged(TAG.boolean, Uint8Array.of(0xff));
const EXTENSIONS = tagged(
  TAG.extensions,
  sequence(
    // basic constraints: not an authority · key usage: signatures · extended key usage: TLS server and client
    sequence(objectId('551d13'), CRITICAL, tagged(TAG.octetString, sequence())),
    sequence(objectId('551d0f'), CRITICAL, tagged(TAG.octetString, tagged(TAG.bitString, Uint8Array.of(7, 0x80)))),
    sequence(
      objectId('551d25'),
      tagged(TAG.octetString, sequence(objectId('2b06010505070301'), objectId('2b06010505070302'))),
    ),
  ),
);

function tbsCertificate(key: SigningKey): Buffer {
  const publicKey = createPublicKey(key.secret).export({ type: 'spki', format: 'der' });
  const version3 = tagged(TAG.version, tagged(TAG.integer, Uint8Array.of(2)));
  const serial = copyOf(primitives.sha256(publicKey), 0, 16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40; // positive, and without a leading zero, which DER forbids
  return sequence(version3, tagged(TAG.integer, serial), ED25519, NAME, VALIDITY, NAME, publicKey, EXTENSIONS);
}

function sequence(...parts: Uint8Array[]): Buffer {
  return tagged(TAG.sequence, ...parts);
}

function objectId(hex: string): Buffer {
  return tagged(TAG.objectId, Buffer.from(hex, 'hex'));
}

function tagged(tag: number, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Uint8Array.of(tag), lengthBytes(body.length), body]);
}

function lengthBytes(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  return length < 0x100 ? Uint8Array.of(0x81, length) : Uint8Array.of(0x82, length >> 8, length & 0xff);
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
