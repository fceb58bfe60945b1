/**
 * Values of {@link providerContract}, each with its source. Bytes are hex.
 * @module
 */

import type { CurveName, HashName } from '../suites.ts';

const KEK = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';
const KEY = '00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f';

/** AES key wraps: RFC 3394 §4.1 to §4.6. */
export const KEY_WRAPS: readonly (readonly [kek: string, key: string, wrapped: string])[] = [
  [KEK.slice(0, 32), KEY.slice(0, 32), '1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5'],
  [KEK.slice(0, 48), KEY.slice(0, 32), '96778b25ae6ca435f92b5b97c050aed2468ab8a17ad84e5d'],
  [KEK, KEY.slice(0, 32), '64e8c3f9ce0f5ba263e9777905818a2a93c8191e7d6e8ae7'],
  [KEK.slice(0, 48), KEY.slice(0, 48), '031d33264e15d33268f24ec260743edce1c6c7ddee725a936ba814915c6762d2'],
  [KEK, KEY.slice(0, 48), 'a8f9bc1612c68b3ff6e6f4fbe30e71e4769c8b80a32cb8958cd5d17d6b254da1'],
  [KEK, KEY, '28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21'],
];

const PADDED_KEK = '5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8';

/** AES key wraps with padding: RFC 5649 §6. */
export const PADDED_KEY_WRAPS: readonly (readonly [kek: string, key: string, wrapped: string])[] = [
  [
    PADDED_KEK,
    'c37b7e6492584340bed12207808941155068f738',
    '138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a',
  ],
  [PADDED_KEK, '466f7250617369', 'afbeb0f07dfbf5419200f2ccb50bb24f'],
];

/** A vector of AES-GCM. */
export interface GcmVector {
  readonly key: string;
  readonly iv: string;
  readonly aad: string;
  readonly plaintext: string;
  /** Ciphertext ‖ tag. */
  readonly sealed: string;
}

const ZERO_IV = '000000000000000000000000';
const LONG_KEY = 'feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308';
const LONG_TEST = {
  iv: 'cafebabefacedbaddecaf888',
  aad: 'feedfacedeadbeeffeedfacedeadbeefabaddad2',
  plaintext:
    'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657' +
    'ba637b39',
};

/** Test cases 1, 2, 4, 10 and 16 of McGrew and Viega, "The Galois/Counter Mode of Operation (GCM)", sent to NIST. */
export const GCM_VECTORS: readonly GcmVector[] = [
  { key: '00'.repeat(16), iv: ZERO_IV, aad: '', plaintext: '', sealed: '58e2fccefa7e3061367f1d57a4e7455a' },
  {
    key: '00'.repeat(16),
    iv: ZERO_IV,
    aad: '',
    plaintext: '00'.repeat(16),
    sealed: '0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf',
  },
  {
    ...LONG_TEST,
    key: LONG_KEY.slice(0, 32),
    sealed:
      '42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac97' +
      '3d58e0915bc94fbc3221a5db94fae95ae7121a47',
  },
  {
    ...LONG_TEST,
    key: LONG_KEY.slice(0, 48),
    sealed:
      '3980ca0b3c00e841eb06fac4872a2757859e1ceaa6efd984628593b40ca1e19c7d773d00c144c525ac619d18c84a3f4718e2448b2fe324d9' +
      'ccda27102519498e80f1478f37ba55bd6d27618c',
  },
  {
    ...LONG_TEST,
    key: LONG_KEY,
    sealed:
      '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0a' +
      'bcc9f66276fc6ece0f4e1768cddf8853bb2d551b',
  },
];

/** Hashes of "abc" (FIPS 180-4 examples), and HMACs of test case 2 of RFC 2202 §3 and RFC 4231 §4.3. */
export const HASHES: readonly (readonly [name: HashName, length: number, hash: string, hmac: string])[] = [
  ['sha1', 20, 'a9993e364706816aba3e25717850c26c9cd0d89d', 'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79'],
  [
    'sha256',
    32,
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  [
    'sha384',
    48,
    'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7',
    'af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649',
  ],
  [
    'sha512',
    64,
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd' +
      '454d4423643ce80e2a9ac94fa54ca49f',
    '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fd' +
      'caeab1a34d4a6b4b636e070a38bce737',
  ],
];

/** HKDF vectors: RFC 5869 A.1, A.3 and A.4. */
export const HKDF_VECTORS: readonly (readonly [
  hash: HashName,
  inputKey: string,
  salt: string,
  info: string,
  pseudorandomKey: string,
  output: string,
])[] = [
  [
    'sha256',
    '0b'.repeat(22),
    '000102030405060708090a0b0c',
    'f0f1f2f3f4f5f6f7f8f9',
    '077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5',
    '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
  ],
  [
    'sha256',
    '0b'.repeat(22),
    '',
    '',
    '19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04',
    '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
  ],
  [
    'sha1',
    '0b'.repeat(11),
    '000102030405060708090a0b0c',
    'f0f1f2f3f4f5f6f7f8f9',
    '9b6c18c432a7bf8f0e71c8eb88f4b30baa2ba243',
    '085a01ea1b10f36933068b56efa5ad81a4f14b822f5b091568a9cdd4f155fda2c22e422478d305f3f896',
  ],
];

/** A signature of the text "sample". */
export interface EcdsaVector {
  readonly curve: CurveName;
  readonly hash: HashName;
  /** SEC1 compressed point. */
  readonly publicKey: string;
  /** r ‖ s. */
  readonly signature: string;
}

/** ECDSA signatures: RFC 6979 A.2.5 with SHA-256, whose s is above n / 2, and A.2.6 with SHA-384. */
export const ECDSA_VECTORS: readonly EcdsaVector[] = [
  {
    curve: 'P-256',
    hash: 'sha256',
    publicKey: '0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6',
    signature:
      'efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716' +
      'f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8',
  },
  {
    curve: 'P-384',
    hash: 'sha384',
    publicKey: '02ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea9055866064a254515480bc13',
    signature:
      '94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46' +
      '99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8',
  },
];

/**
 * A ciphertext of OAEP with SHA-256: test 7 of Wycheproof's rsa_oaep_2048_sha256_mgf1sha256_test.json. Keys are DER in
 * base64.
 */
export const RSA_VECTOR: Readonly<Record<'plaintext' | 'ciphertext' | 'publicKey' | 'privateKey', string>> = {
  plaintext: 'e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff',
  ciphertext:
    '096958786ee7972050d67a9e4b69d6c6af7db7cc674386df725770dd29129b826e39552330104c8d71e6cc3a3014dd2f61b54153af51' +
    'b0438d447ee939f9e3c13bb8b00a37dea6a068f6c9d27e848b1be7a1eeeb3ee50b78036fba95ae46948ca5b13f356ea24db10f60dc09' +
    'e4b8bad8f766b668ef72524432080a0ce00ed676d6d5e354984b1078520412525848156d06f0652469f95791baa3d9a798ae537094f7' +
    '6f976faecd5c9ce0c930a75910c63dacf63485cb4b5e7bdbcf4d80e74037eaa1a8fe4b52930bec6be99cf6ac88cf5878dbf6859d456a' +
    '95dbc34654eec425de84ca2a535d517403a9aada827e7d0093ecfc97ed056a7652825e9a45cb2dcb',
  publicKey:
    'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAorRRoH0KpfluRVZxUTVQUUqKW0YuvvcXCU+h/ugiJOY3+XRtP3yv0xh42AMltu9aFw' +
    'D2WQO0aUKeidbqyIRQl7WrOTGJ25JRLtincRoSU/rNIPecFegkfz0+QuRuSMmOJUov6XZTE6A+/48X4aApOXofomqNzib0kO2BKZYV2YFMItph' +
    'BCjgnH2WWFlCZvXAIdD87KCNlFoSvoLeTR7Oa0wDFFtdNJXU7VQR64eNrwX9evw+Ca2g8RJkIvWQl1oZaYFvSGmLy7obTZyuedRg2Pn4Xnl1AF' +
    '2bwixOWsD3waRdElaaYoB9O5oC5aUw53MGb0U9H1tMLpz3ggKD90K51QIDAQAB',
  privateKey:
    'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCitFGgfQql+W5FVnFRNVBRSopbRi6+9xcJT6H+6CIk5jf5dG0/fK/TGHjYAy' +
    'W271oXAPZZA7RpQp6J1urIhFCXtas5MYnbklEu2KdxGhJT+s0g95wV6CR/PT5C5G5IyY4lSi/pdlMToD7/jxfhoCk5eh+iao3OJvSQ7YEplhXZ' +
    'gUwi2mEEKOCcfZZYWUJm9cAh0PzsoI2UWhK+gt5NHs5rTAMUW100ldTtVBHrh42vBf16/D4JraDxEmQi9ZCXWhlpgW9IaYvLuhtNnK551GDY+f' +
    'heeXUAXZvCLE5awPfBpF0SVppigH07mgLlpTDncwZvRT0fW0wunPeCAoP3QrnVAgMBAAECggEAJM3GIxf11ypva6bMljKJmwHR/yiGfXL2FoiZ' +
    'W8hVpOQgqEBSUAib2xPPjglUOCe3SLnSf7srTZ4gr4xaaoYnltGkzBitFupni8G9SoO7vpxeV0U7XOc4jkGjukzit3tEOKIp6VT3INrgNT3AiK' +
    'yKdrJtwnb44beFHd1jmK0W/y54GVEjubA26UXDjJ0SQ09t92/iI1nrPhrJwBFnj8km+tOuR1pP//9V/rLRR+nIlPTA4ppZnnYkYkgtlov0J4CU' +
    'X8DSwxxXPEQxuPT+i4xnvsgVq9RPeobtyhwjCHNzWNLCrl4uDi2t9zCYAmI3flixO32ZkgYKC8hwzP20qTGe4QKBgQDcQxBQ94LolPtSSCR9mM' +
    't9WLjR4k87VdBBxW5N4Iaw1bsCi9pC7rXSNNVoHlgJ1BXmoomtTPv3j5ePbDWBT1Duv/HFuApp94joHmurXdqng2nWWdFD7G8X55gTpXXPrZxW' +
    'kVa5ARPi6REK2ee0ihyTSKbmUzIRkSkOo2z7OlsY8QKBgQC9GoHnl3+YmBIic64yIrWY6l+xnrTqvDgwil4yGWYDsuUA/7efW4hoFmEd68Ry+s' +
    'RVRAcL6wV8lBN4poaK87egPT+YgOxH1eCJuU+95UKrqa6NcsVwiNer9bEx85CY97wWD5BTaryUkv1OBvPtcpnUuXuwNncgfZVmnxQM+8IPJQKB' +
    'gQCpS1KLKPKRWZEh2RlS/9HH8h18FHnZnUeIhfsWGHDuEhi/CEcmEtvlSX6NnGUGiOCceGlhrj4sNU3EiuNFFHWcTCPEWISIlh3Aa0FOYcDh5/' +
    'u9KSPTFTL+KJ+W2iIHEeWMFAGYCOAEFCdpM7sH5O+5tKmzdlaRcgUgnzPwlRXXwQKBgDrw5yqTOu8J/yUD33i6/tUxwC/xorxDfFQM3L1K01Q1' +
    'z1EXY1llQ0gGKbEUyn94D/fvoy6gy24ADW2eofLvcf2c+ZSEIqFlVX4351Xt/nDZC5IFAutHi8mKY/eIzjoPhW1u3nJRo4O/qPpICoGpJa97PM' +
    'U4xLq4yfdZf/toAR2NAoGAJkD7+8/vsWPueoe2SDpm7kH5VtkPqKeTm/wELuCSSxt5k9BEX3WNUZM+hRecAyCwyWi0ipHDi1vpI+EJfAxWL4jU' +
    'IpS2onWbr6VCinTxJwh05F9vzGDyFgLeXszRQ88xJB9ZIbWtOYP7VO8XvjsoU2flDJmcZyR7VS/kv86UX3s=',
};
