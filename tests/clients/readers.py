"""Whether the readers that generated files are meant for take them.

stdin: [{"kind", "text"}, ...]; stdout: for each what is wrong, or null.
"""

import io
import json
import sys


def terraform(text):
    import hcl2

    hcl2.load(io.StringIO(text))
    return None


def s3(operation, member):
    def read(text):
        import botocore.session
        from botocore.validate import ParamValidator

        model = botocore.session.get_session().get_service_model("s3").operation_model(operation)
        report = ParamValidator().validate(json.loads(text), model.input_shape.members[member])
        return report.generate_report() if report.has_errors() else None

    return read


def ecs(text):
    import botocore.session
    from botocore.validate import ParamValidator

    operation = botocore.session.get_session().get_service_model("ecs").operation_model("RegisterTaskDefinition")
    report = ParamValidator().validate(json.loads(text), operation.input_shape)
    return report.generate_report() if report.has_errors() else None


def policy(text):
    from moto.iam.policy_validation import IAMPolicyDocumentValidator
    from parliament import analyze_policy_string

    IAMPolicyDocumentValidator(text).validate()
    findings = analyze_policy_string(text).findings
    return "; ".join(f"{f.issue} {f.detail}" for f in findings) or None


def trust(text):
    from moto.iam.policy_validation import IAMTrustPolicyDocumentValidator

    IAMTrustPolicyDocumentValidator(text).validate()
    return None


KINDS = {
    "iam-policy": policy,
    "trust": trust,
    "ecs": ecs,
    "terraform": terraform,
    "lifecycle": s3("PutBucketLifecycleConfiguration", "LifecycleConfiguration"),
    "cors": s3("PutBucketCors", "CORSConfiguration"),
}


def judge(asked):
    try:
        return KINDS[asked["kind"]](asked["text"])
    except Exception as error:
        return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    json.dump([judge(asked) for asked in json.load(sys.stdin)], sys.stdout)
