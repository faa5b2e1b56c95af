"""Checks deploy/kubernetes: each object against the schemas of Kubernetes, and the objects against each other.

    check.py DIRECTORY

Plants mistakes afterwards, each of which must be found: a check that finds nothing is worth nothing.
"""

import copy
import pathlib
import sys

import kubernetes_validate
import yaml

VERSIONS = ["1.29", "1.32", "1.35"]
NAME = {"app.kubernetes.io/name": "braid"}


def load(directory):
    objects = {}
    for file in sorted(pathlib.Path(directory).glob("*.yaml")):
        for item in yaml.safe_load_all(file.read_text()):
            objects[f"{item['kind']}/{item['metadata']['name']}"] = item
    return objects


def schema_problems(objects):
    for version in VERSIONS:
        for name, item in objects.items():
            try:
                kubernetes_validate.validate(item, version, strict=True)
            except kubernetes_validate.ValidationError as e:
                yield f"{name}, Kubernetes {version}: {e.message} at {'.'.join(map(str, e.path))}"


def includes(labels, selector):
    return selector.items() <= labels.items()


def reference_problems(objects):
    """What the schemas do not see: names and labels that must agree."""
    pods = objects["StatefulSet/braid"]["spec"]["template"]
    labels = pods["metadata"]["labels"]
    container = pods["spec"]["containers"][0]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    selectors = {
        "StatefulSet/braid": objects["StatefulSet/braid"]["spec"]["selector"]["matchLabels"],
        "PodDisruptionBudget/braid": objects["PodDisruptionBudget/braid"]["spec"]["selector"]["matchLabels"],
    }
    for name, item in objects.items():
        if item["kind"] == "Service":
            selectors[name] = item["spec"]["selector"]
            for port in item["spec"]["ports"]:
                if ports.get(port["targetPort"]) != port["port"]:
                    yield f"{name}: port {port['name']} is none of the container's"
    for term in pods["spec"]["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]:
        selectors["podAntiAffinity"] = term["labelSelector"]["matchLabels"]
    for name, selector in selectors.items():
        if not includes(labels, selector):
            yield f"{name}: its selector does not select the pods"
    for probe in ["readinessProbe", "livenessProbe"]:
        if container[probe]["httpGet"]["port"] not in ports:
            yield f"{probe}: unknown port {container[probe]['httpGet']['port']}"
    headless = objects["StatefulSet/braid"]["spec"]["serviceName"]
    if objects.get(f"Service/{headless}", {}).get("spec", {}).get("clusterIP") != "None":
        yield f"serviceName {headless} is no headless service"
    for source in container["envFrom"]:
        if f"ConfigMap/{source['configMapRef']['name']}" not in objects:
            yield f"no ConfigMap {source['configMapRef']['name']}"
    volumes = {v["name"] for v in pods["spec"].get("volumes", [])}
    volumes |= {v["metadata"]["name"] for v in objects["StatefulSet/braid"]["spec"]["volumeClaimTemplates"]}
    for mount in container["volumeMounts"]:
        if mount["name"] not in volumes:
            yield f"no volume {mount['name']}"
    voters = objects["ConfigMap/braid"]["data"]["BRAID_CONTROLLER_QUORUM_VOTERS"].split(",")
    spec = objects["StatefulSet/braid"]["spec"]
    first = spec["ordinals"]["start"]
    wanted = [f"{i}@braid-{i}.{headless}:{ports['controller']}" for i in range(first, first + spec["replicas"])]
    if voters != wanted:
        yield f"the voters are {voters}, the pods {wanted}"


def problems(objects):
    return list(schema_problems(objects)) or list(reference_problems(objects))


def plant(objects):
    """Copies of the objects with one mistake each."""

    def broken(what, change):
        copied = copy.deepcopy(objects)
        change(copied)
        return what, copied

    container = lambda o: o["StatefulSet/braid"]["spec"]["template"]["spec"]["containers"][0]
    yield broken("a number as text", lambda o: o["StatefulSet/braid"]["spec"].update(replicas="three"))
    yield broken("a misspelt field", lambda o: container(o).update(readynessProbe={}))
    yield broken("a number in a ConfigMap", lambda o: o["ConfigMap/braid"]["data"].update(BRAID_NODE_ID=1))
    yield broken("a missing field", lambda o: o["Service/braid"]["spec"]["ports"][0].pop("port") and
                 o["Service/braid"]["spec"]["ports"][0].pop("targetPort"))
    yield broken("a selector of nobody", lambda o: o["PodDisruptionBudget/braid"]["spec"]["selector"].update(
        matchLabels={"app": "braid"}))
    yield broken("a pod that is no voter", lambda o: o["StatefulSet/braid"]["spec"].update(replicas=5))
    yield broken("a volume that is not there", lambda o: container(o)["volumeMounts"][0].update(name="dta"))


def found(objects):
    try:
        return problems(objects)
    except KeyError as e:
        return [f"no {e}"]


def main(directory):
    objects = load(directory)
    all_problems = found(objects)
    for problem in all_problems:
        print(f"kubernetes: {problem}")
    if all_problems:
        return 1
    for what, mistaken in plant(objects):
        if not found(mistaken):
            print(f"kubernetes: {what} was planted and not found")
            return 1
    print(f"ok: {len(objects)} Kubernetes objects are valid in {', '.join(VERSIONS)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
