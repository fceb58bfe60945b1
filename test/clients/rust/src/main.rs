//! Drives the AWS SDK for Rust against the endpoint that the environment names, and prints what came back as JSON.
//! Its argument names the alias and the path that it uses.

use aws_config::BehaviorVersion;
use aws_sdk_kms::error::ProvideErrorMetadata;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{KeySpec, KeyUsageType, MacAlgorithmSpec};
use aws_sdk_ssm::types::{ParameterTier, ParameterType};
use aws_smithy_http_client::Builder;
use serde_json::{json, Map, Value};
use std::error::Error;

type Found = Map<String, Value>;
type Driven = Result<(), Box<dyn Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Driven {
    let name = std::env::args().nth(1).ok_or("no name")?;
    let client = Builder::new().build_http();
    let settings = aws_config::defaults(BehaviorVersion::latest()).http_client(client).load().await;
    let mut found = Found::new();
    drive_keys(&aws_sdk_kms::Client::new(&settings), &name, &mut found).await?;
    drive_parameters(&aws_sdk_ssm::Client::new(&settings), &name, &mut found).await?;
    let caller = aws_sdk_sts::Client::new(&settings).get_caller_identity().send().await?;
    found.insert("caller".into(), json!(caller.arn()));
    println!("{}", Value::Object(found));
    Ok(())
}

async fn drive_keys(kms: &aws_sdk_kms::Client, name: &str, found: &mut Found) -> Driven {
    let made = kms.create_key().description("größe").send().await?.key_metadata.ok_or("no metadata")?;
    let id = made.key_id();
    found.insert("created".into(), json!(made.creation_date().is_some()));
    kms.create_alias().alias_name(format!("alias/{name}")).target_key_id(id).send().await?;
    drive_ciphertexts(kms, id, made.arn(), found).await?;
    let (hmac, usage) = (KeySpec::Hmac256, KeyUsageType::GenerateVerifyMac);
    let mac_key = kms.create_key().key_spec(hmac).key_usage(usage).send().await?.key_metadata.ok_or("no metadata")?;
    let (algorithm, text) = (MacAlgorithmSpec::HmacSha256, Blob::new("text"));
    let asked = kms.generate_mac().key_id(mac_key.key_id()).mac_algorithm(algorithm.clone());
    let tag = asked.message(text.clone()).send().await?.mac.ok_or("no tag")?;
    let asked = kms.verify_mac().key_id(mac_key.key_id()).mac_algorithm(algorithm);
    found.insert("mac".into(), json!(asked.message(text.clone()).mac(tag).send().await?.mac_valid()));
    kms.enable_key_rotation().key_id(id).rotation_period_in_days(90).send().await?;
    let status = kms.get_key_rotation_status().key_id(id).send().await?;
    found.insert("rotation".into(), json!(status.rotation_period_in_days()));
    kms.disable_key().key_id(id).send().await?;
    let refused = kms.encrypt().key_id(id).plaintext(text).send().await.err().ok_or("not refused")?;
    found.insert("disabled".into(), json!(refused.into_service_error().is_disabled_exception()));
    kms.enable_key().key_id(id).send().await?;
    let refused = kms.describe_custom_key_stores().send().await.err().ok_or("not refused")?;
    found.insert("not here".into(), json!([refused.code(), refused.message()]));
    let mut pages = kms.list_keys().into_paginator().page_size(1).send();
    let mut keys = 0;
    while let Some(page) = pages.next().await {
        keys += page?.keys().len();
    }
    found.insert("keys".into(), json!(keys));
    Ok(())
}

async fn drive_ciphertexts(kms: &aws_sdk_kms::Client, id: &str, arn: Option<&str>, found: &mut Found) -> Driven {
    let asked = kms.encrypt().key_id(id).plaintext(Blob::new("\0text"));
    let sealed = asked.encryption_context("tenant", "größe").send().await?.ciphertext_blob.ok_or("no ciphertext")?;
    let asked = kms.decrypt().ciphertext_blob(sealed.clone());
    let opened = asked.encryption_context("tenant", "größe").send().await?;
    let plaintext = opened.plaintext().map(|text| String::from_utf8_lossy(text.as_ref()).into_owned());
    found.insert("opened".into(), json!([plaintext, opened.key_id() == arn]));
    let refused = kms.decrypt().ciphertext_blob(sealed).send().await.err().ok_or("not refused")?;
    found.insert("unbound".into(), json!(refused.into_service_error().is_invalid_ciphertext_exception()));
    let data = kms.generate_data_key().key_id(id).number_of_bytes(32).send().await?;
    let sealed = data.ciphertext_blob.ok_or("no ciphertext")?;
    let again = kms.decrypt().key_id(id).ciphertext_blob(sealed).send().await?;
    found.insert("data key".into(), json!(data.plaintext == again.plaintext));
    Ok(())
}

async fn drive_parameters(ssm: &aws_sdk_ssm::Client, name: &str, found: &mut Found) -> Driven {
    let put = |path: String, value: String| {
        let put = ssm.put_parameter().name(path).value(value);
        put.r#type(ParameterType::SecureString).key_id(format!("alias/{name}"))
    };
    for i in 0..15 {
        put(format!("/{name}/p{i:02}"), format!("v{i}")).send().await?;
    }
    let mut pages = ssm.get_parameters_by_path().path(format!("/{name}")).with_decryption(true).into_paginator().send();
    let mut values = Vec::new();
    while let Some(page) = pages.next().await {
        values.extend(page?.parameters().iter().filter_map(|parameter| parameter.value().map(String::from)));
    }
    found.insert("by path".into(), json!(values.join(" ")));
    let long = put(format!("/{name}/p00"), "ü".repeat(3000));
    let advanced = long.overwrite(true).tier(ParameterTier::Advanced).send().await?;
    found.insert("advanced".into(), json!([advanced.version(), advanced.tier().map(ParameterTier::as_str)]));
    let refused = put(format!("/{name}/p01"), "x".into()).send().await.err().ok_or("not refused")?;
    found.insert("exists".into(), json!(refused.into_service_error().is_parameter_already_exists()));
    let refused = ssm.get_parameter().name("/none").send().await.err().ok_or("not refused")?;
    found.insert("none".into(), json!(refused.into_service_error().is_parameter_not_found()));
    let mut pages = ssm.describe_parameters().into_paginator().page_size(7).send();
    let mut described = 0;
    while let Some(page) = pages.next().await {
        described += page?.parameters().len();
    }
    found.insert("described".into(), json!(described));
    let deleted = ssm.delete_parameters().names(format!("/{name}/p01")).names(format!("/{name}/none")).send().await?;
    found.insert("deleted".into(), json!([deleted.deleted_parameters(), deleted.invalid_parameters()]));
    Ok(())
}
