import { counting, hex, toHex, utf8 } from '@securestring/test-support/bytes';
import { describeWithProviders } from '@securestring/test-support/providers';
import { describe, expect, it } from 'vitest';

describeWithProviders('RFC examples', (provider) => {
  describe('RFC 3394 §4: AES key wrap', () => {
    it.each(KEY_WRAPS)('$section', ({ kek, key, wrapped }) => {
      expect(toHex(provider.aesKwWrap(hex(kek), hex(key)))).toBe(toHex(hex(wrapped)));
      expect(provider.aesKwUnwrap(hex(kek), hex(wrapped))).toEqual(hex(key));
    });
  });

  describe('RFC 5649 §6: AES key wrap with padding', () => {
    it.each(PADDED_KEY_WRAPS)('$section', ({ kek, key, wrapped }) => {
      expect(toHex(provider.aesKwpWrap(hex(kek), hex(key)))).toBe(toHex(hex(wrapped)));
      expect(provider.aesKwpUnwrap(hex(kek), hex(wrapped))).toEqual(hex(key));
    });
  });

  describe('RFC 5869 appendix A: HKDF', () => {
    it.each(HKDFS)('$section', ({ hash, ikm, salt, info, prk, okm }) => {
      const pseudorandomKey = provider.hkdfExtract(hash, salt, ikm);
      expect(toHex(pseudorandomKey)).toBe(prk);
      expect(toHex(provider.hkdfExpand(hash, pseudorandomKey, info, okm.length / 2))).toBe(okm);
    });
  });

  describe('RFC 4231 §4: HMAC-SHA-2', () => {
    it.each(HMACS)('$section', ({ key, data, length, ...expected }) => {
      for (const hash of ['sha256', 'sha384', 'sha512'] as const) {
        expect(toHex(provider.hmac(hash, key, data).subarray(0, length)), hash).toBe(expected[hash]);
      }
    });
  });

  describe('RFC 6234 §8.5: SHA of "abc"', () => {
    it.each(HASHES)('%s', (hash, digest) => {
      expect(toHex(provider.hash(hash, utf8('abc')))).toBe(digest);
    });
  });
});

const KEK = '000102030405060708090a0b0c0d0e0f 1011121314151617 18191a1b1c1d1e1f';
const KEK_128 = KEK.slice(0, 32);
const KEK_192 = KEK.slice(0, 49);
const KEY_128 = '00112233445566778899aabbccddeeff';
const KEY_192 = `${KEY_128} 0001020304050607`;
const KEY_256 = `${KEY_192} 08090a0b0c0d0e0f`;

const KEY_WRAPS = [
  {
    section: '4.1 wraps 128 bits of key data with a 128-bit KEK',
    kek: KEK_128,
    key: KEY_128,
    wrapped: '1fa68b0a8112b447 aef34bd8fb5a7b82 9d3e862371d2cfe5',
  },
  {
    section: '4.2 wraps 128 bits of key data with a 192-bit KEK',
    kek: KEK_192,
    key: KEY_128,
    wrapped: '96778b25ae6ca435 f92b5b97c050aed2 468ab8a17ad84e5d',
  },
  {
    section: '4.3 wraps 128 bits of key data with a 256-bit KEK',
    kek: KEK,
    key: KEY_128,
    wrapped: '64e8c3f9ce0f5ba2 63e9777905818a2a 93c8191e7d6e8ae7',
  },
  {
    section: '4.4 wraps 192 bits of key data with a 192-bit KEK',
    kek: KEK_192,
    key: KEY_192,
    wrapped: '031d33264e15d332 68f24ec260743edc e1c6c7ddee725a93 6ba814915c6762d2',
  },
  {
    section: '4.5 wraps 192 bits of key data with a 256-bit KEK',
    kek: KEK,
    key: KEY_192,
    wrapped: 'a8f9bc1612c68b3f f6e6f4fbe30e71e4 769c8b80a32cb895 8cd5d17d6b254da1',
  },
  {
    section: '4.6 wraps 256 bits of key data with a 256-bit KEK',
    kek: KEK,
    key: KEY_256,
    wrapped: '28c9f404c4b810f4 cbccb35cfb87f826 3f5786e2d80ed326 cbc7f0e71a99f43b fb988b9b7a02dd21',
  },
];

const PADDED_KEK = '5840df6e29b02af1 ab493b705bf16ea1 ae8338f4dcc176a8';

const PADDED_KEY_WRAPS = [
  {
    section: 'wraps 20 octets with a 192-bit KEK',
    kek: PADDED_KEK,
    key: 'c37b7e6492584340 bed1220780894115 5068f738',
    wrapped: '138bdeaa9b8fa7fc 61f97742e72248ee 5ae6ae5360d1ae6a 5f54f373fa543b6a',
  },
  {
    section: 'wraps 7 octets with a 192-bit KEK',
    kek: PADDED_KEK,
    key: '466f7250617369',
    wrapped: 'afbeb0f07dfbf541 9200f2ccb50bb24f',
  },
];

const NONE = new Uint8Array(0);
const SHORT = { salt: counting(13), info: counting(10, 0xf0) };
const LONG = {
  ikm: counting(0x50),
  salt: counting(0x50, 0x60),
  info: Uint8Array.from({ length: 0x50 }, (_, i) => 0xb0 + i),
};

const HKDFS = [
  {
    section: 'A.1 SHA-256, basic',
    hash: 'sha256',
    ...SHORT,
    ikm: new Uint8Array(22).fill(0x0b),
    prk: '077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5',
    okm: '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
  },
  {
    section: 'A.2 SHA-256, longer inputs and outputs',
    hash: 'sha256',
    ...LONG,
    prk: '06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244',
    okm: 'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87',
  },
  {
    section: 'A.3 SHA-256, no salt and no info',
    hash: 'sha256',
    ikm: new Uint8Array(22).fill(0x0b),
    salt: NONE,
    info: NONE,
    prk: '19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04',
    okm: '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
  },
  {
    section: 'A.4 SHA-1, basic',
    hash: 'sha1',
    ...SHORT,
    ikm: new Uint8Array(11).fill(0x0b),
    prk: '9b6c18c432a7bf8f0e71c8eb88f4b30baa2ba243',
    okm: '085a01ea1b10f36933068b56efa5ad81a4f14b822f5b091568a9cdd4f155fda2c22e422478d305f3f896',
  },
  {
    section: 'A.5 SHA-1, longer inputs and outputs',
    hash: 'sha1',
    ...LONG,
    prk: '8adae09a2a307059478d309b26c4115a224cfaf6',
    okm: '0bd770a74d1160f7c9f12cd5912a06ebff6adcae899d92191fe4305673ba2ffe8fa3f1a4e5ad79f3f334b3b202b2173c486ea37ce3d397ed034c7f9dfeb15c5e927336d0441f4c4300e2cff0d0900b52d3b4',
  },
  {
    section: 'A.6 SHA-1, no salt and no info',
    hash: 'sha1',
    ikm: new Uint8Array(22).fill(0x0b),
    salt: NONE,
    info: NONE,
    prk: 'da8c8a73c7fa77288ec6f5e7c297786aa0d32d01',
    okm: '0ac1af7002b3d761d1e55298da9d0506b9ae52057220a306e07b6b87e8df21d0ea00033de03984d34918',
  },
  {
    section: 'A.7 SHA-1, salt not given: twenty zeros',
    hash: 'sha1',
    ikm: new Uint8Array(22).fill(0x0c),
    salt: new Uint8Array(20),
    info: NONE,
    prk: '2adccada18779e7c2077ad2eb19d3f3e731385dd',
    okm: '2c91117204d745f3500d636a62f64f0ab3bae548aa53d423b0d1f27ebba6f5e5673a081d70cce7acfc48',
  },
] as const;

const LARGE_KEY = new Uint8Array(131).fill(0xaa);

const HMACS = [
  {
    section: '4.2 test case 1',
    key: new Uint8Array(20).fill(0x0b),
    data: utf8('Hi There'),
    length: 64,
    sha256: 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    sha384: 'afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6',
    sha512:
      '87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854',
  },
  {
    section: '4.3 test case 2: a key shorter than the output',
    key: utf8('Jefe'),
    data: utf8('what do ya want for nothing?'),
    length: 64,
    sha256: '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    sha384: 'af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649',
    sha512:
      '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737',
  },
  {
    section: '4.4 test case 3: key and data together longer than 64 bytes',
    key: new Uint8Array(20).fill(0xaa),
    data: new Uint8Array(50).fill(0xdd),
    length: 64,
    sha256: '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
    sha384: '88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b2a5ab39dc13814b94e3ab6e101a34f27',
    sha512:
      'fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb',
  },
  {
    section: '4.5 test case 4',
    key: counting(25, 1),
    data: new Uint8Array(50).fill(0xcd),
    length: 64,
    sha256: '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
    sha384: '3e8a69b7783c25851933ab6290af6ca77a9981480850009cc5577c6e1f573b4e6801dd23c4a7d679ccf8a386c674cffb',
    sha512:
      'b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd',
  },
  {
    section: '4.6 test case 5: cut to 128 bits',
    key: new Uint8Array(20).fill(0x0c),
    data: utf8('Test With Truncation'),
    length: 16,
    sha256: 'a3b6167473100ee06e0c796c2955552b',
    sha384: '3abf34c3503b2a23a46efc619baef897',
    sha512: '415fad6271580a531d4179bc891d87a6',
  },
  {
    section: '4.7 test case 6: a key longer than a block',
    key: LARGE_KEY,
    data: utf8('Test Using Larger Than Block-Size Key - Hash Key First'),
    length: 64,
    sha256: '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    sha384: '4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952',
    sha512:
      '80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598',
  },
  {
    section: '4.8 test case 7: key and data longer than a block',
    key: LARGE_KEY,
    data: utf8(
      'This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.',
    ),
    length: 64,
    sha256: '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
    sha384: '6617178e941f020d351e2f254e8fd32c602420feb0b8fb9adccebb82461e99c5a678cc31e799176d3860e6110c46523e',
    sha512:
      'e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58',
  },
];

const HASHES = [
  ['sha1', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
  ['sha256', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ['sha384', 'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7'],
  [
    'sha512',
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
  ],
] as const;
