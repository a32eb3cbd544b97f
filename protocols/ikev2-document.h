/*
 * ikev2-document: an IKE message as a document for the judge.
 *
 *   <message protocol="ike" name="IkeAuth">
 *     <IkeAuth exchange="IKE_AUTH" initiator-spi="0123456789abcdef" responder-spi="..."
 *         message-id="1" from-initiator="true" length="..." fragments="2" encryption="opened">
 *       <IDi type="FQDN">hnb.lab.example</IDi>
 *       <CERT encoding="X509_SIGNATURE" subject="CN=.." issuer=".." not-before="20260101000000Z"
 *           not-after=".." key="RSA 2048"><name type="dns">hnb.lab.example</name></CERT>
 *       <CERTREQ encoding="X509_SIGNATURE"><authority>HEX</authority></CERTREQ>
 *       <AUTH method="DIGITAL_SIGNATURE" algorithm="RSA PKCS1 SHA2-256" length="271"/>
 *       <SA><proposal number="1" protocol="ESP" spi="c0ffee00" text="ESP:AES_CBC-128/...">
 *         <transform type="ENCR" name="AES_CBC" number="12" key-bits="128"/></proposal></SA>
 *       <KE group="MODP_2048" length="256"/> <Nonce length="32"/>
 *       <N type="REKEY_SA" number="16393" protocol="ESP" spi="HEX" data="HEX"/>
 *       <D protocol="ESP"><spi>HEX</spi></D> <V>HEX</V>
 *       <TSi><selector type="IPV4_ADDR_RANGE" protocol="0" first="0.0.0.0"
 *           last="255.255.255.255" first-port="0" last-port="65535"/></TSi>
 *       <CP type="CFG_REPLY"><attribute type="INTERNAL_IP4_ADDRESS">10.99.1.1</attribute></CP>
 *       <EAP code="Request" identifier="1" type="AKA" subtype="Challenge">HEX</EAP>
 *       <Unknown type="99" critical="true" length="4"/>
 *     </IkeAuth>
 *   </message>
 *
 * Names: IkeSaInit, IkeAuth, CreateChildSa, IkeInformational, and each with Response for an answer;
 * IkeOther for other exchanges; IkeMalformed with why= for octets that are no IKE message.
 * encryption: none, opened, closed (the keys are not known), or wrong (the integrity check fails).
 */
#ifndef PROTOCOLS_IKEV2_DOCUMENT_H
#define PROTOCOLS_IKEV2_DOCUMENT_H

#include "protocols/ikev2-payload.h"
#include "protocols/message.h"

enum ikev2_encrypted {
	IKEV2_NOT_ENCRYPTED, IKEV2_OPENED, IKEV2_CLOSED, IKEV2_WRONG,
};

/* The message of these octets. inner: the payloads that SK or the fragments held (IKEV2_OPENED), or
 * NULL. fragments: in how many messages it came, 0 for one. Never NULL. */
struct message *ikev2_document(struct octets octets, enum ikev2_encrypted encrypted,
			       const struct ikev2_chain *inner, unsigned fragments);

#endif
